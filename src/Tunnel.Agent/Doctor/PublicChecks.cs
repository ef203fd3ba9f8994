using Culvert.Jose.Keys;
using Culvert.Machine.Client.State;
using Culvert.Platform.Dns;
using Culvert.Platform.Doctor;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Acme;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>Checks the stored state of each public name, and its current CAA set. Orders nothing.</summary>
internal sealed class PublicChecks(AgentSettings settings, AgentState state, TimeProvider time)
{
    public const string Id = "public_certificates";

    private const string Many = "many agents: ";

    // The strictest limit of a large CA is five certificates a week for the same name.
    private const int MostAgents = 4;

    public static readonly IReadOnlyList<string> Ids = [Id];

    public async Task<DoctorFinding> RunAsync(CancellationToken cancellationToken)
    {
        var routes = settings.Routes.Where(r => r.IsPublic).ToList();
        if (routes.Count == 0)
        {
            return DoctorFinding.Skip(Id, "No route has certificate: acme.");
        }

        if (state.Feed?.Tunnel.Domain is not { } domain)
        {
            return DoctorFinding.Skip(Id, "The tunnel's domain is not known before the first feed.");
        }

        var store = new AcmeStore(StateDirectory.OpenReadOnly(settings.StateDirectory), settings.Acme.Directory);
        var (account, kept) = (store.LoadAccount()?.Url, store.LoadNames());
        var (good, bad, open) = (new List<string>(), new List<string>(), new List<string>());
        good.Add($"account: {account ?? "none yet"}");
        foreach (var name in routes.SelectMany(r => r.Hostnames.Prepend(Route.HostnameUnder(r.Name, domain))))
        {
            var stored = kept.FirstOrDefault(n => n.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            var (line, isServed) = AcmeLine.Format(name, stored, time.GetUtcNow());
            (isServed ? good : bad).Add(line);
            if (account is not null)
            {
                await CheckCaaAsync(name, account, good, open, cancellationToken);
            }
        }

        if (settings.Acme.DangerousAllowUnbound)
        {
            open.Add("dangerous_allow_unbound_acme is true: orders are sent whatever the CAA records allow");
        }

        return Judge(good, bad, open);
    }

    private DoctorFinding Judge(List<string> good, List<string> bad, List<string> open) =>
        bad.Count == 0 && open.Count == 0
            ? DoctorFinding.Pass(
                Id,
                "Every public name has its certificate and is bound to this agent's account.",
                good
            )
            : DoctorFinding.Fail(
                Id,
                bad.Count > 0
                    ? $"{bad.Count} public names have no valid certificate."
                    : "Others could get a certificate for a public name, or agents will reach a rate limit.",
                "The agent uses the registered authority's certificate meanwhile; clients that trust only public CAs refuse it.",
                "Publish the CAA record that is printed for each account, and check again."
            ) with
            {
                Status =
                    bad.Count == 0 && settings.Acme.DangerousAllowUnbound ? DoctorStatus.Warn
                    : bad.Count == 0 && open.TrueForAll(o => o.StartsWith(Many, StringComparison.Ordinal))
                        ? DoctorStatus.Warn
                    : DoctorStatus.Fail,
                Evidence = [.. bad, .. open, .. good],
            };

    private async Task CheckCaaAsync(
        string name,
        string account,
        List<string> good,
        List<string> open,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var key = SigningKey.Create();
            IReadOnlyList<string> identities =
                settings.Acme.CaaIdentity.Length > 0
                    ? [settings.Acme.CaaIdentity]
                    : (
                        await new AcmeClient(
                            settings.Acme,
                            key,
                            time,
                            network: settings.Identity.NetworkInForce
                        ).DirectoryAsync(cancellationToken)
                    ).CaaIdentities;
            var dns = new DnsClient(new DnsClientOptions { Servers = settings.Acme.Resolvers }, time);
            if (!DnsName.TryParse(name, out var parsed))
            {
                return;
            }

            var answer = await CaaLookup.FindAsync(dns, parsed, cancellationToken);
            var finding = CaaPolicy.Judge(name, answer, identities, account);
            (finding.IsBound ? good : open).Add(finding.Detail);
            if (answer.Records.Count(r => r.Tag == "issue") is > MostAgents and var accounts)
            {
                open.Add($"{Many}{accounts} accounts may order {name}; CAs limit certificates for the same name.");
            }
        }
        catch (AcmeException e)
        {
            open.Add($"{name}: {e.Message}");
        }
    }
}
