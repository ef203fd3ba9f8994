using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>Who may call the routes, and whether the issuers that decide it can be asked.</summary>
internal sealed class RouteChecks(AgentSettings settings, KeySetSource keys)
{
    public const string OpenRoutes = "open_routes";
    public const string Issuers = "issuer_keys";

    public static readonly IReadOnlyList<string> Ids = [OpenRoutes, Issuers];

    public async Task<IReadOnlyList<DoctorFinding>> RunAsync(CancellationToken cancellationToken) =>
        [CheckOpenRoutes(settings), await CheckIssuersAsync(cancellationToken)];

    public static DoctorFinding CheckOpenRoutes(AgentSettings settings)
    {
        var open = settings
            .Routes.Where(r => r.Oauth.Mode == OauthMode.DangerousNone)
            .Select(r => $"{r.Name}: dangerous_none")
            .ToList();
        return open.Count == 0
            ? DoctorFinding.Pass(OpenRoutes, "Every route has its callers checked.")
            : DoctorFinding.Warn(
                OpenRoutes,
                $"{open.Count} of {settings.Routes.Count} routes let everybody call who reaches their hostname.",
                "The tunnel's client ranges are the only fence.",
                "set oauth: {mode: required, issuers: [...]} in agent.yaml"
            ) with
            {
                Evidence = open,
            };
    }

    private async Task<DoctorFinding> CheckIssuersAsync(CancellationToken cancellationToken)
    {
        if (settings.Issuers.Count == 0)
        {
            return DoctorFinding.Skip(Issuers, "No issuer is configured.");
        }

        var (good, bad, next) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var issuer in settings.Issuers)
        {
            var result = await keys.GetAsync(issuer, cancellationToken);
            if (result.Keys is { } set)
            {
                good.Add($"{issuer.Name}: {set.Keys.Count} keys");
            }
            else
            {
                bad.Add($"{issuer.Name}: {result.Failure}");
                next.Add(result.Next.Length > 0 ? result.Next : "tunnel-agent config show");
            }
        }

        return bad.Count == 0
            ? DoctorFinding.Pass(Issuers, "The keys of all issuers can be fetched.", good)
            : DoctorFinding.Fail(
                Issuers,
                $"The keys of {bad.Count} of {settings.Issuers.Count} issuers cannot be fetched.",
                "Without them tokens cannot be checked: their routes answer 503 once the last good keys are too old.",
                [.. next.Distinct(StringComparer.Ordinal)]
            ) with
            {
                Evidence = bad,
            };
    }
}
