namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>Why a callout was not made, or its answer not given.</summary>
/// <param name="Code">Stable.</param>
/// <param name="Message">For the caller: no URL, no address.</param>
internal sealed record CalloutRefusal(string Code, string Message)
{
    public static readonly CalloutRefusal Arguments = new("callout.arguments", "The arguments do not fit the tool.");
    public static readonly CalloutRefusal TargetUnknown = new("callout.target_unknown", "There is no such target.");
    public static readonly CalloutRefusal Method = new("callout.method_refused", "The target does not allow it.");
    public static readonly CalloutRefusal Header = new("callout.header_refused", "The target takes no such header.");
    public static readonly CalloutRefusal RequestSize = new("callout.request_too_large", "The body is too large.");
    public static readonly CalloutRefusal ResponseSize = new("callout.response_too_large", "The answer is too large.");
    public static readonly CalloutRefusal Redirect = new(
        "callout.redirect_refused",
        "The target redirects to what is no target, or too often."
    );
    public static readonly CalloutRefusal Address = new(
        "callout.address_refused",
        "The target is at no allowed address."
    );
    public static readonly CalloutRefusal Unreachable = new("callout.unreachable", "The target cannot be reached.");
    public static readonly CalloutRefusal Timeout = new("callout.timeout", "The target did not answer in time.");
}
