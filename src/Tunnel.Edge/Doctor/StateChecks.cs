using System.Globalization;
using Culvert.Machine.Client.State;
using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Edge.Configuration;
using Culvert.Tunnel.Edge.Routing;

namespace Culvert.Tunnel.Edge.Doctor;

/// <summary>Checks the edge's state directory, its certificate, and its last contact to the service.</summary>
internal sealed class StateChecks(EdgeSettings settings, EdgeMemory memory, DateTimeOffset now)
{
    public const string Certificate = "platform_certificate";
    public const string Contact = "service_contact";
    public const string Addresses = "registered_addresses";

    public static readonly IReadOnlyList<string> Ids = [StateFolderCheck.Id, Certificate, Contact, Addresses];

    private static readonly StateFolderCheck Folder = new("edge", "agents", "culvert edge archive ID");

    public IReadOnlyList<DoctorFinding> Run() =>
        [Folder.Run(settings.StateDirectory), CheckCertificate(), CheckContact(), CheckAddresses()];

    private DoctorFinding CheckCertificate()
    {
        if (memory.Platform is not { } own)
        {
            return DoctorFinding.Skip(Certificate, "It does not exist yet: the edge obtains it at its first run.");
        }

        IReadOnlyList<string> evidence =
        [
            $"serial: {own.Serial}",
            $"until: {own.NotAfter:u}",
            $"renewal: {own.RenewAfter:u} to {own.RenewBefore:u}",
        ];
        return (
            memory.Withdrawal is { } withdrawal
                ? DoctorFinding.Fail(
                    Certificate,
                    $"{withdrawal} The edge serves no clients.",
                    "An administrator revoked or archived this edge, or revoked its rule, issuer or service account.",
                    "Ask an administrator to run: culvert edge show " + settings.EdgeId
                )
            : memory.Feed is { } feed && RevokedSerialSet.From(feed).Contains(own.Serial)
                ? DoctorFinding.Fail(
                    Certificate,
                    "It was revoked.",
                    "An administrator revoked this edge, its rule, issuer or service account.",
                    "Ask an administrator to run: culvert edge show " + settings.EdgeId
                )
            : now > own.RenewBefore
                ? DoctorFinding.Fail(
                    Certificate,
                    now > own.NotAfter
                        ? $"It expired at {own.NotAfter:u}."
                        : $"Its renewal is overdue since {own.RenewBefore:u}.",
                    "The edge does not run, or the service refuses or does not answer. Agents refuse an edge whose certificate has expired.",
                    "tunnel-edge health"
                )
            : DoctorFinding.Pass(Certificate, $"It is valid until {own.NotAfter:u}.")
        ) with
        {
            Evidence = evidence,
        };
    }

    private DoctorFinding CheckContact()
    {
        if (memory is not { Feed: { } feed, LastContact: { } contact })
        {
            return DoctorFinding.Skip(Contact, "No feed was received yet.");
        }

        var grace = LongestGrace(feed);
        IReadOnlyList<string> evidence =
        [
            $"revision: {feed.Revision}",
            $"tunnels: {feed.Tunnels.Count}",
            $"last contact: {contact:u}",
        ];
        // The edge stores the time of the last contact once a minute.
        return (
            FeedContact.Age(contact, now - FeedContact.FreshFor, grace) switch
            {
                FeedAge.Fresh => DoctorFinding.Pass(
                    Contact,
                    "The edge received data from the service within the last two minutes."
                ),
                FeedAge.OfflineGrace => DoctorFinding.Fail(
                    Contact,
                    $"The last contact to the service was at {contact:u}.",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The edge uses its last feed for {grace.TotalHours:0.#} h from then; changes and revocations do not reach it."
                    ),
                    "tunnel-edge health"
                ),
                _ => DoctorFinding.Fail(
                    Contact,
                    $"The last contact to the service was at {contact:u}: the edge accepts no new agents.",
                    "After the grace period the edge cannot know which agents have been revoked.",
                    "tunnel-edge health"
                ),
            }
        ) with
        {
            Evidence = evidence,
        };
    }

    private TimeSpan LongestGrace(EdgeFeed feed)
    {
        var longest = feed.Tunnels.Max(t => t.OfflineGraceSeconds) ?? 0;
        return longest > settings.Agents.OfflineGrace.TotalSeconds
            ? TimeSpan.FromSeconds(longest)
            : settings.Agents.OfflineGrace;
    }

    private DoctorFinding CheckAddresses()
    {
        if (memory.Feed?.Edge.Addresses is not { } registered)
        {
            return DoctorFinding.Skip(Addresses, "No feed was received yet.");
        }

        var unknown = settings.Agents.Advertise.Except(registered, StringComparer.Ordinal).ToList();
        return (
            unknown.Count == 0
                ? DoctorFinding.Pass(Addresses, $"Agents dial {string.Join(", ", registered)}.")
                : DoctorFinding.Fail(
                    Addresses,
                    $"{unknown[0]} of agents.advertise is not registered: no agent dials it.",
                    "Agents connect to the registered addresses, whatever this file contains.",
                    "Ask an administrator to run: culvert edge show " + settings.EdgeId
                )
        ) with
        {
            Evidence = [.. registered.Select(address => $"registered: {address}")],
        };
    }
}
