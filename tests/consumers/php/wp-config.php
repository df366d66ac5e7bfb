<?php
// The settings of a WordPress that lives for one run of the tests. tests/consumers/wordpress.py gives the environment.
define('WP_HOME', getenv('WORDPRESS_URL'));
define('WP_SITEURL', WP_HOME);
define('DB_DIR', getenv('WORDPRESS_DATA'));
define('DB_FILE', 'wordpress.sqlite');
foreach (['DB_NAME', 'DB_USER', 'DB_PASSWORD', 'DB_HOST'] as $name) {
    define($name, 'unused-with-sqlite');
}
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
    define("{$name}_KEY", "only for tests $name");
    define("{$name}_SALT", "only for tests, too $name");
}
$table_prefix = 'wp_';
// Every notice of PHP is written down, and none is shown, as an agency's host would have it.
define('WP_DEBUG', true);
define('WP_DEBUG_DISPLAY', false);
define('WP_DEBUG_LOG', DB_DIR . '/php.log');
define('SCRIPT_DEBUG', false);
define('CONCATENATE_SCRIPTS', false);
// It speaks to nobody but this machine, and does nothing by itself.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('WP_ACCESSIBLE_HOSTS', 'localhost,127.0.0.1');
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISALLOW_FILE_MODS', true);
define('WPMU_PLUGIN_DIR', __DIR__ . '/mu-plugins');
if (!defined('ABSPATH')) {
    define('ABSPATH', getenv('WORDPRESS_TREE') . '/');
}
require_once ABSPATH . 'wp-settings.php';
