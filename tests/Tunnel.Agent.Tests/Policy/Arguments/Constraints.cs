using System.Text;
using Culvert.Tunnel.Agent.Policy.Arguments;

namespace Culvert.Tunnel.Agent.Tests.Policy.Arguments;

/// <summary>Asks constraints as a file writes them.</summary>
internal static class Constraints
{
    /// <summary>The error of the whole arguments; null if they are allowed.</summary>
    public static ArgumentError? ErrorOf(string constraints, string arguments, string more = "", string claims = "{}")
    {
        using var call = new CallArguments(Encoding.UTF8.GetBytes(arguments));
        return PolicyFile
            .WithArguments(constraints, more)
            .Rules[0]
            .Arguments!.FindError(call.Root, Policies.Claims(claims));
    }

    /// <summary>Whether one value satisfies conditions.</summary>
    /// <param name="claims">Of the caller, as in a token.</param>
    public static bool Holds(string conditions, string value, string claims = "{}") =>
        ErrorOf($"{{at: /x, {conditions}}}", $$"""{"x":{{value}}}""", claims: claims) is null;
}
