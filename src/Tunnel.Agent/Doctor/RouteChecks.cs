using Culvert.Platform.Doctor;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Policy;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>Which clients may call the routes, and whether the keys of their issuers can be fetched.</summary>
/// <param name="fed">The service as authorization server, by the stored feed; null: there is none.</param>
internal sealed class RouteChecks(AgentSettings settings, KeySetSource keys, AgentFeedAuthorization? fed = null)
{
    public const string OpenRoutes = "open_routes";
    public const string Policies = "route_policies";
    public const string Issuers = "issuer_keys";

    public static readonly IReadOnlyList<string> Ids = [OpenRoutes, Policies, PinsCheck.Id, AuditCheck.Id, Issuers];

    public async Task<IReadOnlyList<DoctorFinding>> RunAsync(CancellationToken cancellationToken) =>
        [
            CheckOpenRoutes(settings),
            CheckPolicies(settings),
            PinsCheck.Check(settings),
            AuditCheck.Check(settings),
            await CheckIssuersAsync(cancellationToken),
        ];

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
                $"{open.Count} of {settings.Routes.Count} routes accept any caller that reaches their hostname.",
                "The tunnel's client ranges are the only fence.",
                "set oauth: {mode: required, issuers: [...]} in agent.yaml"
            ) with
            {
                Evidence = open,
            };
    }

    /// <summary>Finds routes without rules: each of their callers may call every tool.</summary>
    public static DoctorFinding CheckPolicies(AgentSettings settings)
    {
        // An authorization server has sign-ins and no calls.
        var routes = settings.Routes.Where(r => r.Oauth.AuthorizationServer is null).ToList();
        var open = routes
            .Where(r => r.Policy.Mode is PolicyMode.Off or PolicyMode.Record)
            .Select(r =>
                r.Policy.Mode == PolicyMode.Record
                    ? $"{r.Name}: every call passes; each is recorded by name"
                    : $"{r.Name}: every call passes; none is recorded (policy.mode: off)"
            )
            .ToList();
        return open.Count == 0
            ? DoctorFinding.Pass(Policies, "Every route has a policy.")
            : DoctorFinding.Warn(
                Policies,
                $"{open.Count} of {routes.Count} routes have no policy.",
                "Callers of such a route may use every tool, prompt and resource of its upstream.",
                "see which tools are called: culvert tunnel inventory TUNNEL",
                "write policy: {mode: observe, rules: [...]} for the route in agent.yaml, then mode: enforce (docs/policy.md)"
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

        var lines = new List<DoctorLine>();
        foreach (var issuer in settings.Issuers)
        {
            var result = issuer.IsFed
                ? KeySetSource.ReadFeed(issuer, fed)
                : await keys.GetAsync(issuer, cancellationToken);
            lines.Add(
                result.Keys is { } set
                    ? new DoctorLine(true, $"{issuer.Name}: {set.Keys.Count} keys")
                    : new DoctorLine(
                        false,
                        $"{issuer.Name}: {result.Failure}",
                        result.Next.Length > 0 ? result.Next : "tunnel-agent config show"
                    )
            );
        }

        return DoctorFinding.FromEach(
            Issuers,
            lines,
            "The keys of all issuers can be fetched.",
            bad => $"The keys of {bad} of {lines.Count} issuers cannot be fetched.",
            "Without them tokens cannot be checked: their routes return 503 once the cached keys are too old."
        );
    }
}
