using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Replay;

/// <summary>Decides recorded calls with the agent's compiled rules under <c>enforce</c>. Limits do not apply.</summary>
internal sealed class PolicyJudge
{
    private readonly Dictionary<string, RouteJudge> routes;

    public PolicyJudge(AgentSettings settings)
    {
        routes = settings.Routes.ToDictionary(
            route => route.Name,
            route => new RouteJudge(
                route.Policy,
                new CompiledPolicy(
                    route.Policy,
                    name => settings.Issuers.First(issuer => issuer.Name == name).Issuer,
                    route.Oauth.ScopeHierarchy
                )
            ),
            StringComparer.Ordinal
        );
    }

    public Judgement Decide(RecordedCall call)
    {
        if (!routes.TryGetValue(call.Route, out var route))
        {
            return Judgement.Unknown("the configuration has no such route");
        }

        if (route.Settings.Mode is PolicyMode.Off or PolicyMode.Record)
        {
            return new Judgement(true, "", Decision.NoPolicy);
        }

        if (call.Gap.Length > 0)
        {
            return Judgement.Unknown(call.Gap);
        }

        if (route.Settings.Rules.Any(rule => !rule.Sources.IsEmpty || rule.Workloads.Count > 0))
        {
            return Judgement.Unknown("a rule asks where calls come from, which the record does not say");
        }

        using var arguments = call.Arguments is { } written ? new CallArguments(written) : null;
        var decision = route.Rules.DecideMessage(
            call.Method,
            call.Kind,
            call.Name,
            [],
            new Caller(call.Principal),
            arguments
        );
        if (arguments is null && decision is { IsAllowed: true, Rule.HasConditions: true })
        {
            return Judgement.Unknown("a rule asks for arguments, whose values the record does not have");
        }

        return new Judgement(decision.IsAllowed, decision.Rule?.Name ?? "", decision.Reason);
    }

    private sealed record RouteJudge(PolicySettings Settings, CompiledPolicy Rules);
}
