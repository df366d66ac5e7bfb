<?php
// A shop in the internet needs none of this: WordPress asks no other host on this machine, and no port but
// 80, 443 and 8080, unless it is told that it may.
add_filter('http_request_host_is_external', '__return_true');
add_filter('http_allowed_safe_ports', function ($ports, $host, $url) {
    return [...$ports, (int) parse_url($url, PHP_URL_PORT)];
}, 10, 3);
// After its usual 5 seconds WordPress takes a busy machine for a shop that is away.
add_filter('http_request_timeout', fn() => 60);
// Says to the drop-in that it is installed.
require WP_PLUGIN_DIR . '/sqlite-database-integration/load.php';
// Nobody is asked for newer versions.
foreach (['core', 'plugins', 'themes'] as $what) {
    add_filter("pre_site_transient_update_$what", fn() => (object) [
        'last_checked' => time(),
        'version_checked' => $GLOBALS['wp_version'],
        'updates' => [],
        'response' => [],
        'translations' => [],
    ]);
}
add_filter('should_load_remote_block_patterns', '__return_false');
