using System.Text.RegularExpressions;
using Culvert.Platform.Configuration;
using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.LongPoll;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>
/// Whether the control planes of other providers offer anything in place of a key. Runs only if it is requested: it sends
/// each of them a request without a key, which the provider refuses and may count.
/// </summary>
internal static partial class FederatedPollCheck
{
    public const string Id = "long_poll_federation";

    private const int MaxChallenge = 300;

    private const string Advice =
        "keep the key file, give the key no other right, and replace the file regularly (docs/secrets.md)";

    public static async Task<DoctorFinding> RunAsync(
        AgentSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (settings.LongPolls.Count == 0)
        {
            return DoctorFinding.Skip(Id, "No tunnel of another provider is configured.");
        }

        var lines = new List<string>();
        var (unreachable, offering) = (0, 0);
        foreach (var tunnel in settings.LongPolls)
        {
            var name = $"{tunnel.TunnelId} at {tunnel.BaseUrl.Authority}";
            var reply = await LongPollTrial.ReadChallengeAsync(
                tunnel,
                settings.Identity.NetworkInForce,
                time,
                cancellationToken
            );
            if (reply.Status == 0)
            {
                unreachable++;
                lines.Add($"{name}: {reply.Describe()}");
                continue;
            }

            var isOffering = Metadata().IsMatch(reply.Challenge);
            offering += isOffering ? 1 : 0;
            lines.Add($"{name}: {reply.Describe()} {Describe(reply.Challenge, isOffering)}");
        }

        return Conclude(lines, unreachable, offering);
    }

    private static DoctorFinding Conclude(List<string> lines, int unreachable, int offering) =>
        (
            unreachable > 0
                ? DoctorFinding.Fail(
                    Id,
                    $"{unreachable} of {lines.Count} control planes do not respond.",
                    "What they accept is unknown.",
                    $"tunnel-agent doctor --check {LongPollCheck.Id}"
                )
            : offering > 0
                ? DoctorFinding.Warn(
                    Id,
                    $"{offering} of {lines.Count} control planes name an authorization server.",
                    "Tokens may be accepted there in place of a key. tunnels.api_key takes only a key.",
                    Advice
                )
            : DoctorFinding.Pass(Id, "No control plane names an authorization server: they accept only keys.") with
            {
                Next = [Advice],
            }
        ) with
        {
            Evidence = lines,
        };

    private static string Describe(string challenge, bool isOffering)
    {
        var shown = ConfigText.Printable(challenge.Length > MaxChallenge ? challenge[..MaxChallenge] : challenge);
        return challenge.Length == 0 ? "It has no challenge (WWW-Authenticate)."
            : isOffering ? $"Its challenge names OAuth metadata: {shown}"
            : $"Its challenge names no authorization server: {shown}";
    }

    // RFC 9728 §5.1
    [GeneratedRegex("(?:^|[ ,])resource_metadata *=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Metadata();
}
