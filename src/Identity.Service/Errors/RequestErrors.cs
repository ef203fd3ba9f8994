namespace Culvert.Identity.Service.Errors;

/// <summary>Refusals of any endpoint before its own work begins.</summary>
internal static class RequestErrors
{
    public static readonly ErrorCode Invalid = new(
        "request.invalid",
        400,
        "The request is malformed.",
        "A body that is not a JSON object, an unknown or duplicate member, a missing or wrongly typed value, a bad parameter.",
        "Correct the member or parameter that the message names."
    );

    public static readonly ErrorCode TooLarge = new(
        "request.too_large",
        413,
        "The request body is larger than allowed.",
        "The body exceeds limits.body_bytes.",
        "Send a smaller body."
    );

    public static readonly ErrorCode MediaType = new(
        "request.media_type",
        400,
        "This path does not support the content type.",
        "A body was sent with another content type than application/json.",
        "Send the body as application/json."
    );

    public static readonly ErrorCode NotFound = new(
        "request.not_found",
        404,
        "Not found.",
        "The path or the id does not exist, or belongs to another organization or workspace.",
        "Check path and id; list the resource with the same credential."
    );

    public static readonly ErrorCode Method = new(
        "request.method",
        405,
        "This path does not support that method.",
        "The path exists with another HTTP method.",
        "Use the method that the interface describes."
    );

    public static readonly ErrorCode RateLimited = new(
        "request.rate_limited",
        429,
        "Too many requests from this address.",
        "The address exceeded limits.exchange_per_address on a path that needs no credential, limits.lists_per_address "
            + "on a revocation list or an OCSP request, or limits.history_per_address with credentials that failed; or a caller "
            + "exceeded limits.costly_per_caller.",
        "Wait for the time in retry-after, or raise the limit."
    );

    public static readonly ErrorCode Forwarded = new(
        "request.forwarded",
        400,
        "The headers do not identify the client that sent the request.",
        "An address of api.trusted_proxies sent a Forwarded or X-Forwarded-For header that names no address, or both "
            + "headers with different clients.",
        "Configure the load balancer to append the client's address to one of the headers and to remove the other one."
    );

    public static readonly ErrorCode Internal = new(
        "internal.error",
        500,
        "Internal error.",
        "An internal error of the service; its log contains the request ID.",
        "Look up the request id in the service's log."
    );

    public static readonly ErrorCode Timeout = new(
        "request.timeout",
        408,
        "The request was not received within the time limit.",
        "The client sent its request too slowly.",
        "Send it again."
    );
}
