<?php
// php run.php install|html|save|purge: one deed inside WordPress; the input is JSON on stdin, so is the answer on stdout.
$deed = $argv[1];
$given = json_decode(stream_get_contents(STDIN), true);
if ($deed === 'install') {
    define('WP_INSTALLING', true);
}
$_SERVER += ['HTTP_HOST' => parse_url(getenv('WORDPRESS_URL'), PHP_URL_HOST), 'REQUEST_URI' => '/'];
require getenv('WORDPRESS_TREE') . '/wp-load.php';

$deeds = [
    // The tables, and an editor who may write what she likes.
    'install' => function ($given) {
        require ABSPATH . 'wp-admin/includes/upgrade.php';
        add_filter('pre_wp_mail', '__return_true');
        return wp_install('Sunrise Travel', $given['user'], 'editor@example.com', false, '', $given['password']);
    },
    'html' => fn($given) => wp_oembed_get($given['url'], $given['options']),
    // As the block editor's Save does. Embeds are looked up when somebody reads the post.
    'save' => function ($given) {
        $post = wp_insert_post($given['post'], true);
        if (is_wp_error($post)) {
            throw new Exception($post->get_error_message());
        }
        return $post;
    },
    'purge' => fn($given) => $GLOBALS['wp_embed']->delete_oembed_caches($given['post']),
];
echo "\n", json_encode($deeds[$deed]($given));
