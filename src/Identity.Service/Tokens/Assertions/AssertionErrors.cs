using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tokens.Assertions;

internal static class AssertionErrors
{
    public static readonly ErrorCode Audience = new(
        "assertion.audience",
        403,
        "Agents of the tunnel may not request assertions for this audience.",
        "The tunnel's assertion_audiences does not contain it, character for character.",
        "Add it, if the upstream may trust the tunnel: culvert tunnel update TUNNEL --assertion-audience AUDIENCE."
    );

    public static readonly ErrorCode Route = new(
        "assertion.route",
        400,
        "This is not the name of a route.",
        "route is neither one label of a host name in lower case, nor @.",
        "Send the name that the route has in the agent's file."
    );

    public static readonly ErrorCode Rate = new(
        "assertion.rate",
        429,
        "The agent requests too many assertions.",
        "More than 120 in a minute.",
        "Use an assertion for several requests until it expires."
    );
}
