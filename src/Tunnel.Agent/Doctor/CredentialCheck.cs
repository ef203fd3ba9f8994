using Culvert.Platform.Doctor;
using Culvert.Platform.Health;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Credentials;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>
/// Which credential each route used last for its upstream, and whether the last call or probe had one. Only the running
/// agent obtains credentials, so the check reads what that one reports.
/// </summary>
internal static class CredentialCheck
{
    public const string Id = "route_credentials";

    private const string ClientCertificateKind = "mtls";

    /// <summary>Asks the running agent.</summary>
    /// <param name="own">The agent of this configuration: another program's answer is ignored.</param>
    public static async Task<DoctorFinding> RunAsync(
        AgentSettings settings,
        ProgramIdentity own,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (settings.Routes.All(route => route.Credential.Type == CredentialType.None))
        {
            return Check([], time.GetUtcNow());
        }

        using var running = new RunningProgram(settings.Health);
        var routes = await running.FindOwnAsync(
            own,
            body => Task.FromResult(RouteCredential.Read(body)),
            cancellationToken
        );
        return routes is null ? DoctorFinding.Skip(Id, "Rests on the running agent.") : Check(routes, time.GetUtcNow());
    }

    public static DoctorFinding Check(IReadOnlyList<RouteCredential> routes, DateTimeOffset now)
    {
        if (routes.Count == 0)
        {
            return DoctorFinding.Skip(Id, "No route has credentials.");
        }

        var lines = routes.Select(route => Describe(route, now)).ToList();
        var bad = routes.Where((_, i) => !lines[i].IsGood).Select(route => route.Route);
        return DoctorFinding.FromEach(
            Id,
            lines,
            "Every route that used its credential has it.",
            count =>
                $"{count} of {lines.Count} routes have no usable credential for their upstream: {string.Join(", ", bad)}.",
            "Their calls fail with 502.",
            showsGood: true
        );
    }

    private static DoctorLine Describe(RouteCredential route, DateTimeOffset now)
    {
        var name = route.Subject is { } subject ? $"{route.Kind} of {subject}" : route.Kind;
        var expiry = route.ExpiresAt is { } end ? $", expires {end:u}" : "";

        // The agent replaces an expired token at the next call. Only the operator replaces a certificate.
        var isExpired = route.Kind == ClientCertificateKind && route.ExpiresAt <= now;
        return route switch
        {
            { Problem: { } problem } => new DoctorLine(
                false,
                $"{route.Route}: {route.Kind}, since {route.Since:u}: {problem}",
                "docs/upstream-credentials.md#problems"
            ),
            { Since: null } => new DoctorLine(true, $"{route.Route}: {route.Kind}, not used yet"),
            _ when isExpired => new DoctorLine(
                false,
                $"{route.Route}: {name}, expired {route.ExpiresAt:u}",
                "replace upstream.tls.client_certificate_file and client_key_file of the route; the agent reads them again"
            ),
            _ => new DoctorLine(true, $"{route.Route}: {name}{expiry}"),
        };
    }
}
