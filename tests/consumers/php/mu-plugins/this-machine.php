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
// PHP's own server knows no /favicon.ico, which WordPress answers on a real host.
foreach (['wp_head', 'admin_head', 'login_head'] as $head) {
    add_action($head, fn() => print '<link rel="icon" href="data:,">');
}
