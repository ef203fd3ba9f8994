using System.Data.Common;
using Culvert.Identity.Service.Certificates.RelyingParties;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.ClientAuthorities;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Identity.Service.Webhooks;
using Dapper;

namespace Culvert.Identity.Service.Backup;

/// <summary>
/// Repeats the restrictions made after the backup, according to the audit. A change that cannot be repeated suspends its
/// object: it serves no caller until an operator has checked it.
/// </summary>
internal sealed class NarrowingAfterBackup(DbConnection connection, Ordinals ordinals, DateTimeOffset now)
{
    private const string Held = "held";
    private const string Archived = "archived";
    private const string ByRestore = "restore";

    // Events that archive an object permanently.
    private static readonly HashSet<string> Archivals =
    [
        AuditEvents.FederationRuleArchived,
        AuditEvents.FederationIssuerArchived,
        AuditEvents.ServiceAccountArchived,
        AuditEvents.TunnelArchived,
        AuditEvents.TunnelCertificateRevoked,
        AuditEvents.ClientAuthorityArchived,
        AuditEvents.EdgeArchived,
        AuditEvents.RelyingPartyArchived,
        AuditEvents.WebhookArchived,
        AuditEvents.OAuthClientArchived,
        AuditEvents.ConnectionArchived,
        AuditEvents.OrganizationArchived,
    ];

    // Events that record observations or actions, and change no object that a restore brings back.
    private static readonly HashSet<string> Harmless =
    [
        AuditEvents.FederatedAuthentication,
        AuditEvents.UnprovenRefusals,
        AuditEvents.ReplayDetected,
        AuditEvents.IssuerKeysChanged,
        AuditEvents.IssuerPollDegraded,
        AuditEvents.IssuerPollRecovered,
        AuditEvents.IssuerPollPaused,
        AuditEvents.IssuerPollResumed,
        AuditEvents.IssuerVerified,
        AuditEvents.FederationRuleSimulated,
        AuditEvents.TunnelTokenRevealed,
        // After a restore, names covered by a later attestation are unsanctioned until a person attests them again.
        AuditEvents.RouteOwnerChanged,
        AuditEvents.RouteAttested,
        AuditEvents.RouteAttestationDue,
        // A restore removes all call approvals: they are valid for at most a day.
        AuditEvents.CallApprovalRequested,
        AuditEvents.CallApprovalApproved,
        AuditEvents.CallApprovalRejected,
        AuditEvents.CallApprovalUsed,
        // A draft that was rejected or withdrawn later waits for a second person again.
        AuditEvents.RoutePolicyDrafted,
        AuditEvents.RoutePolicyRejected,
        AuditEvents.RoutePolicyWithdrawn,
        AuditEvents.AcmeChallengeAnnounced,
        AuditEvents.AcmeChallengeEnded,
        AuditEvents.EdgeDrained,
        AuditEvents.EdgeResumed,
        AuditEvents.EdgeServedOffline,
        AuditEvents.AgentDisconnected,
        AuditEvents.AuditCheckpointDisputed,
        AuditEvents.AgentCheckpointDisputed,
        AuditEvents.TransparencyKeyCreated,
        AuditEvents.AgentInstanceRefused,
        AuditEvents.CertificateVoided,
        AuditEvents.ExpiryNotice,
        AuditEvents.WebhookTested,
        AuditEvents.WebhookDeliveryFailed,
        AuditEvents.RevocationListRefused,
        AuditEvents.RevocationListImported,
        AuditEvents.TrustBundleAcknowledged,
        AuditEvents.SecretDiscarded,
        // A restore removes the grants of all people.
        AuditEvents.ConnectionGranted,
        AuditEvents.ConnectionTokenIssued,
        AuditEvents.ConnectionGrantEnded,
        AuditEvents.ConnectionRevokedUpstream,
        // The next round of the job removes them again.
        AuditEvents.OAuthClientsRemoved,
    ];

    // The statements that archive each kind of object, with everything else that archiving disables.
    private static readonly Dictionary<string, Restriction> ArchivalTables = new(StringComparer.Ordinal)
    {
        ["federation_rule"] = Run(ArchiveBy("federation_rules")),
        ["federation_issuer"] = Run(DisableRules("issuer_id = @id"), ArchiveBy("federation_issuers")),
        ["service_account"] = Run(DisableRules("service_account_id = @id"), ArchiveBy("service_accounts")),
        ["tunnel"] = (id, now) => TunnelStore.Archive(TunnelId.Wrap(id), now),
        ["tunnel_certificate"] = Run(
            "UPDATE tunnels SET bundle_epoch = bundle_epoch + 1 WHERE id = (SELECT tunnel_id FROM registered_certificates "
                + "WHERE id = @id AND archived_at_ms IS NULL)",
            "UPDATE registered_certificates SET archived_at_ms = @now WHERE id = @id AND archived_at_ms IS NULL"
        ),
        ["client_certificate_authority"] = (id, now) => [ClientAuthorityStore.Archive(ClientAuthorityId.Wrap(id), now)],
        ["edge"] = (id, now) => [EdgeStore.Archive(EdgeId.Wrap(id), now)],
        ["relying_party"] = (id, now) => [RelyingPartyStore.Archive(RelyingPartyId.Wrap(id), now)],
        ["organization"] = Run(
            DisableRules("organization_id = @id"),
            "UPDATE tunnels SET paused_at_ms = @now WHERE organization_id = @id AND archived_at_ms IS NULL AND paused_at_ms IS NULL",
            "UPDATE organizations SET archived_at_ms = @now WHERE id = @id AND archived_at_ms IS NULL"
        ),
        ["webhook"] = (id, now) => WebhookStore.Archive(WebhookId.Wrap(id), now),
        ["oauth_client"] = Run(ArchiveBy("oauth_clients")),
        ["connection"] = Run(ArchiveBy("connections")),
    };

    // The statements that suspend an object so that its operator can undo it.
    private static readonly Dictionary<string, Restriction> HoldTables = new(StringComparer.Ordinal)
    {
        ["federation_rule"] = Run(DisableRules("id = @id")),
        ["federation_issuer"] = Run(DisableRules("issuer_id = @id")),
        // A later update may have removed a redirect URI, and a client cannot be suspended.
        ["oauth_client"] = Run(ArchiveBy("oauth_clients")),
        // A later update may have removed a scope or replaced a disclosed secret, and a connection cannot be suspended.
        ["connection"] = Run(ArchiveBy("connections")),
        ["service_account"] = Run(DisableRules("service_account_id = @id")),
        ["tunnel"] = Run(
            "UPDATE tunnels SET paused_at_ms = @now WHERE id = @id AND archived_at_ms IS NULL AND paused_at_ms IS NULL"
        ),
        // The restored version may allow more than the later approved one: agents keep their current one.
        ["route"] = Run(
            "UPDATE route_policies SET state = 'superseded', active_hostname = NULL "
                + "WHERE tunnel_id || '/' || hostname = @id AND state = 'active'"
        ),
        ["client_range_set"] = Run(
            "UPDATE tunnels SET paused_at_ms = @now WHERE ' ' || client_range_sets || ' ' LIKE '% ' || @id || ' %' "
                + "AND archived_at_ms IS NULL AND paused_at_ms IS NULL"
        ),
        ["hostname"] = Run("UPDATE hostnames SET state = 'suspended' WHERE name = @id AND state = 'active'"),
        ["certificate_authority"] = Run(
            "UPDATE certificate_authorities SET state_before = state, state = 'suspended', state_since_ms = @now "
                + "WHERE id = @id AND state IN ('approved', 'staged', 'active')"
        ),
    };

    private readonly HashSet<Narrowing> done = [];

    public IReadOnlyCollection<Narrowing> Apply(IReadOnlyList<EventAfterBackup> events)
    {
        foreach (var later in events.Where(later => !Harmless.Contains(later.Name)))
        {
            if (later.Name == AuditEvents.CertificateRevoked)
            {
                Revoke(later);
                continue;
            }

            if (later.Name is AuditEvents.CertificateSigning or AuditEvents.CertificateSigned)
            {
                Apply(later);
                continue;
            }

            if (later.Name == AuditEvents.TunnelTokenRotated)
            {
                ForgetTunnelToken(later);
            }

            var (type, id) = FindSubject(later);
            if (later.Name == AuditEvents.AgentRevoked)
            {
                // It lost its enrolment like all others, but could enrol again.
                done.Add(new Narrowing(type, id, "revoke it again", later.Name));
                continue;
            }

            var (restrictions, deed) = Archivals.Contains(later.Name) ? (ArchivalTables, Archived) : (HoldTables, Held);
            if (restrictions.TryGetValue(type, out var restriction) && Execute(restriction(id, now)) > 0)
            {
                done.Add(new Narrowing(type, id, deed, later.Name));
            }
        }

        return done;
    }

    // Events about parts of a tunnel also name the tunnel, and memberships their workspace.
    private static (string Type, string Id) FindSubject(EventAfterBackup later) =>
        later
            .Resources.OrderBy(resource => resource.Type is "tunnel" or "workspace" ? 1 : 0)
            .FirstOrDefault(("installation", ""));

    private int Execute(IReadOnlyList<Statement> statements) =>
        statements.Sum(statement => connection.Execute(statement.Sql, statement.Parameters));

    // Certificates missing from the backup are added to the inventory, so that each can be found and revoked; a machine's is
    // revoked immediately, like those in the backup.
    private void Apply(EventAfterBackup later)
    {
        var (serial, isMachine) = RevokedSerials.Apply(connection, later, ordinals);
        if (
            isMachine
            && connection.Execute(
                "UPDATE certificates SET revoked_at_ms = @now, revocation_reason = 'superseded' "
                    + "WHERE serial = @serial AND revoked_at_ms IS NULL AND not_after_ms > @now",
                new { serial, now = now.ToStore() }
            ) > 0
        )
        {
            done.Add(new Narrowing("certificate", serial, "revoked", later.Name));
        }
    }

    private void Revoke(EventAfterBackup later)
    {
        var serial = later.Data.GetProperty("serial").GetString()!;
        var reason = later.Data.GetProperty("reason").GetString()!;
        var changed = connection.Execute(
            "UPDATE certificates SET revoked_at_ms = @at, revocation_reason = @reason WHERE serial = @serial "
                + "AND (revoked_at_ms IS NULL OR revocation_reason <> @reason)",
            new
            {
                serial,
                reason,
                at = later.At.ToStore(),
            }
        );
        if (changed > 0)
        {
            RevokedSerials.Place(connection, serial);
            done.Add(new Narrowing("certificate", serial, "revoked", later.Name));
        }
    }

    // The former token must not work again, and this installation does not know its replacement.
    private void ForgetTunnelToken(EventAfterBackup later)
    {
        foreach (var (_, id) in later.Resources.Where(resource => resource.Type == "tunnel"))
        {
            if (
                connection.Execute(
                    "UPDATE tunnels SET token_hash = NULL WHERE id = @id AND token_hash IS NOT NULL",
                    new { id }
                ) > 0
            )
            {
                done.Add(new Narrowing("tunnel_token", id, "forgotten", later.Name));
            }
        }
    }

    private static Restriction Run(params string[] texts) =>
        (id, now) =>
            [
                .. texts.Select(text => new Statement(
                    text,
                    new
                    {
                        id,
                        now = now.ToStore(),
                        by = ByRestore,
                    }
                )),
            ];

    private static string ArchiveBy(string table) =>
        $"UPDATE {table} SET archived_at_ms = @now, archived_by = @by WHERE id = @id AND archived_at_ms IS NULL";

    private static string DisableRules(string which) =>
        $"UPDATE federation_rules SET state = 'disabled', enforced_version = NULL WHERE {which} AND archived_at_ms IS NULL AND state <> 'disabled'";

    /// <summary>Statements that restrict the object with this id.</summary>
    private delegate IReadOnlyList<Statement> Restriction(string id, DateTimeOffset now);
}
