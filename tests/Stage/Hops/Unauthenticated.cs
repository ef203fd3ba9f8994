using System.Net;
using Culvert.Stage.Reporting;

namespace Culvert.Stage.Hops;

/// <summary>A call without a token: it must be refused, with directions to where one can be had.</summary>
internal static class Unauthenticated
{
    private const string Member = "resource_metadata=\"";

    /// <summary>The URL of the route's metadata, as the challenge names it.</summary>
    /// <exception cref="HopFailureException">Anything else was answered, or nothing.</exception>
    public static async Task<string> CallAsync(Uri endpoint, string trustBundle, CancellationToken cancellationToken)
    {
        var answer = await PlainClient.PostAsync(
            endpoint,
            trustBundle,
            token: null,
            """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""",
            cancellationToken
        );
        var at = answer.Challenge.IndexOf(Member, StringComparison.Ordinal);
        return answer.Status == HttpStatusCode.Unauthorized && at >= 0
            ? answer.Challenge[(at + Member.Length)..].Split('"')[0]
            : throw new HopFailureException(
                "client",
                $"{(int)answer.Status} instead of a challenge: {answer.Challenge}"
            );
    }
}
