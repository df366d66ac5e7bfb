<?php
// As a web server's rule for WordPress: what is there as a file is served, the rest is WordPress' own.
// PHP's server by itself takes every address with a dot in it, such as /wp-json/oembed/1.0/, for a file.
if (file_exists($_SERVER['DOCUMENT_ROOT'] . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH))) {
    return false;
}
$_SERVER['SCRIPT_NAME'] = '/index.php';
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
