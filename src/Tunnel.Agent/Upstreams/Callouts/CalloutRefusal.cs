namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>Why a callout was not made, or its response not returned.</summary>
/// <param name="Code">Stable; <c>error_code</c> in the tool's result.</param>
/// <param name="Message">For the caller: no URL, no address.</param>
/// <param name="Cause">The usual cause; for the documentation.</param>
/// <param name="NextStep">For the documentation.</param>
internal sealed record CalloutRefusal(string Code, string Message, string Cause, string NextStep)
{
    public static readonly CalloutRefusal Arguments = new(
        "callout.arguments",
        "The arguments do not fit the tool.",
        "A member is missing, unknown or of another type, there are two bodies, or more than 128 headers or 32 KiB of them.",
        "Send what the tool's input schema describes."
    );

    public static readonly CalloutRefusal TargetUnknown = new(
        "callout.target_unknown",
        "The target does not exist.",
        "The name is not one of the route's targets.",
        "Call list_targets; add the target to the route if it may be called."
    );

    public static readonly CalloutRefusal Method = new(
        "callout.method_refused",
        "The target does not allow it.",
        "The method is not one of the target's methods; it is case-sensitive.",
        "Use one that list_targets names."
    );

    public static readonly CalloutRefusal Header = new(
        "callout.header_refused",
        "The target does not accept this header.",
        "The header is not one of the target's request_headers, or its value is not plain ASCII.",
        "Leave it out, or add it to request_headers."
    );

    public static readonly CalloutRefusal RequestSize = new(
        "callout.request_too_large",
        "The body is too large.",
        "It exceeds the target's max_request_bytes.",
        "Send less, or raise the limit of the target."
    );

    public static readonly CalloutRefusal ResponseSize = new(
        "callout.response_too_large",
        "The response is too large.",
        "It exceeds max_response_bytes of the target or of the call.",
        "Request less, or raise the limit of the target."
    );

    public static readonly CalloutRefusal Redirect = new(
        "callout.redirect_refused",
        "The target redirects to a URL that is not a target, or redirects too often.",
        "Location is not the exact URL of a target that allows the method, or max_redirects is used up.",
        "Add the new URL as a target, or correct the URL of the old one."
    );

    public static readonly CalloutRefusal Address = new(
        "callout.address_refused",
        "The target is at no allowed address.",
        "The name resolves outside the target's allowed_ranges, or to an address that is never called.",
        "Correct the name's address, or list its range if the agent may call it."
    );

    public static readonly CalloutRefusal Unreachable = new(
        "callout.unreachable",
        "The target cannot be reached.",
        "The name has no address, no server listens there, or its certificate is not trusted.",
        "Call the URL from the agent's host."
    );

    public static readonly CalloutRefusal Timeout = new(
        "callout.timeout",
        "The target did not respond within the time limit.",
        "It exceeded the timeout of the target, or timeout_ms of the call.",
        "Raise the limit of the target, or request less."
    );

    public static readonly CalloutRefusal Audience = new(
        "callout.audience_unavailable",
        "The target is not a token endpoint.",
        "get_oauth_target_audience was called for a target without the tag token-endpoint.",
        "Add the tag to the target if its URL may be disclosed."
    );
}
