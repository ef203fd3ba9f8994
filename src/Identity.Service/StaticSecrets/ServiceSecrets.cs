using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Webhooks;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.StaticSecrets;

/// <summary>
/// The static secrets that the service itself uses. The keys of authorities, tokens and logs are none, because the
/// service makes and rotates them; nor is a credential of which it has only a hash.
/// </summary>
internal sealed class ServiceSecrets(
    Current<ServiceOptions> options,
    ConnectionStore connections,
    WebhookStore webhooks,
    SignalStreamStore streams
)
{
    /// <summary>The most streams that are listed.</summary>
    private const int MaxStreams = 1000;

    /// <summary>The kinds of the settings of the configuration.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Kinds = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["api.tls.key_file"] = StaticSecretKind.ServerKey,
        ["certificates.signing_connector.est.key_file"] = StaticSecretKind.ClientKey,
        ["certificates.signing_connector.est.password"] = StaticSecretKind.Password,
        ["keys.pkcs11.pin"] = StaticSecretKind.Pin,
        ["keys.sealing_key"] = StaticSecretKind.SealingKey,
        ["mail.password"] = StaticSecretKind.Password,
        ["network.proxy.password"] = StaticSecretKind.Password,
        ["sign_in.client_secret"] = StaticSecretKind.ClientSecret,
        ["storage.postgres.connection"] = StaticSecretKind.Database,
    };

    /// <summary>Those of this node's configuration, then those in the database; limits on their objects bound them.</summary>
    /// <param name="caller">Whose organization's; those of the configuration only for an installation operator.</param>
    /// <param name="tunnelId">Null = of any tunnel, and of none.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    public async ValueTask<IReadOnlyList<(StaticSecretDocument Secret, StaticSecretPlace Place)>> ListAsync(
        Caller caller,
        string? tunnelId,
        CancellationToken cancellationToken
    )
    {
        var organization = caller.OrganizationId;
        var page = new PageRequest(ConnectionEndpoints.MaxConnections, long.MaxValue, IncludeArchived: false);
        var found = await connections.ListAsync(organization, page, cancellationToken);
        IEnumerable<(StaticSecretDocument, StaticSecretPlace)> ofConnections = found
            .Where(row =>
                row.Value.SealedClientSecret is not null && (tunnelId ?? row.Value.TunnelId) == row.Value.TunnelId
            )
            .Select(row =>
                (Describe(row.Value), new StaticSecretPlace(StaticSecretPlace.Connections, row.Ordinal, 0, 0))
            );
        if (tunnelId is not null)
        {
            return [.. ofConnections];
        }

        var receivers = await webhooks.ListAsync(
            organization,
            page with
            {
                Limit = WebhookQueue.MostWebhooks,
            },
            cancellationToken
        );
        var polled = await streams.ListWithPollTokenAsync(organization, MaxStreams, cancellationToken);
        return
        [
            .. caller.WorkspaceId is null && caller.Has(Scopes.InstallationOperate) ? ListConfigured() : [],
            .. ofConnections,
            .. receivers
                .Where(webhook =>
                    webhook is { SealedSecret: not null, MailAddress: null, Format: WebhookFormat.Standard }
                )
                .Select(webhook =>
                    (Describe(webhook), new StaticSecretPlace(StaticSecretPlace.Webhooks, webhook.Ordinal, 0, 0))
                ),
            .. polled.Select(
                (stream, rank) => (Describe(stream), new StaticSecretPlace(StaticSecretPlace.Signals, 0, 0, rank))
            ),
        ];
    }

    private IEnumerable<(StaticSecretDocument, StaticSecretPlace)> ListConfigured() =>
        options.Value.Secrets.Select(
            (secret, rank) =>
                (Describe(secret.Key, secret.Value), new StaticSecretPlace(StaticSecretPlace.Configuration, 0, 0, rank))
        );

    private static StaticSecretDocument Describe(string setting, SecretReference secret) =>
        new(
            Holder: StaticSecretDocument.Service,
            TunnelId: null,
            InstanceId: null,
            ObjectId: null,
            Setting: setting,
            Kind: Kinds[setting],
            Source: secret.FilePath is null ? AgentReportSecret.Environment : AgentReportSecret.File,
            WrittenAt: secret.FindWriteTime()?.UtcDateTime,
            LastUsedAt: null,
            ReportedAt: null
        );

    private static StaticSecretDocument Describe(Connection connection) =>
        Stored(
            connection.Id.Value,
            "client_secret",
            StaticSecretKind.ClientSecret,
            connection.ClientSecretSetAt,
            lastUsedAt: null
        ) with
        {
            TunnelId = connection.TunnelId,
        };

    private static StaticSecretDocument Describe(Webhook webhook) =>
        Stored(webhook.Id.Value, "secret", StaticSecretKind.SigningSecret, webhook.CreatedAt, lastUsedAt: null);

    private static StaticSecretDocument Describe(SignalStream stream) =>
        Stored(
            stream.IssuerId.Value,
            "signals.poll_token",
            StaticSecretKind.BearerToken,
            writtenAt: null,
            stream.LastPolledAt
        );

    private static StaticSecretDocument Stored(
        string objectId,
        string setting,
        string kind,
        DateTimeOffset? writtenAt,
        DateTimeOffset? lastUsedAt
    ) =>
        new(
            Holder: StaticSecretDocument.Service,
            TunnelId: null,
            InstanceId: null,
            ObjectId: objectId,
            Setting: setting,
            Kind: kind,
            Source: StaticSecretDocument.Stored,
            WrittenAt: writtenAt?.UtcDateTime,
            LastUsedAt: lastUsedAt?.UtcDateTime,
            ReportedAt: null
        );
}
