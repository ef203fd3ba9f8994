using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Authorization;

/// <summary><c>POST /oauth/{organization_id}/register</c> (RFC 7591 §3), without an initial access token.</summary>
internal sealed class ClientRegistrationEndpoint(
    AuthorizationServer server,
    OAuthClientStore store,
    ExchangeLimits limits,
    IJournal journal,
    Current<OAuthClientOptions> options,
    TimeProvider time
)
{
    public const int MaxBodyBytes = 16 * 1024;

    public async ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        CrossOrigin.Allow(request.Http);
        var registration = options.Value.Registration;
        var organizationId = request.Route("organization_id");
        if (!registration.Enabled || !await server.IsOfferedAsync(organizationId, cancellationToken))
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (limits.TryTake() is { } limited)
        {
            return limited;
        }

        if (!RequestBody.IsJson(request.Http.Request))
        {
            return RequestErrors.MediaType.Refuse();
        }

        if (await RequestBody.ReadBytesAsync(request.Http, MaxBodyBytes, cancellationToken) is not { } body)
        {
            return RequestErrors.TooLarge.Refuse();
        }

        if (!ClientRegistrationReader.Read(body, registration.RedirectHosts).TryGet(out var wanted, out var malformed))
        {
            return malformed;
        }

        var id = OAuthClientId.New();
        var client = new RegisteredClient
        {
            Id = id,
            OrganizationId = organizationId,
            Name = wanted.Name,
            RedirectUris = wanted.RedirectUris,
            RequiresDpop = wanted.RequiresDpop,
            RegisteredBy = RegisteredBy.Client,
            Stamps = ChangeStamps.Created(time.GetStoreNow(), id.Value),
        };
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new OAuthClientAudited(AuditEvents.OAuthClientCreated, Origin(request, client), client),
                // No node caches that a client is unknown, so none must read anything again: registrations cost no other caller.
                Statements = [store.Insert(client, registration.MaxClients)],
            },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        request.Http.Response.Headers.CacheControl = "no-store";
        request.Http.Response.Headers.Pragma = "no-cache";
        return ApiAnswer.Created(
            ClientRegistrationDocument.From(client),
            AuthorizationJson.Default.ClientRegistrationDocument
        );
    }

    private static AuditOrigin Origin(ApiRequest request, RegisteredClient client) =>
        new(
            client.Stamps.CreatedAt,
            new AuditCause(
                new AuditActor
                {
                    Type = "oauth_client",
                    Id = client.Id.Value,
                    IpAddress = request.Source.ToString(),
                    UserAgent = AuditActor.Bounded(request.UserAgent),
                },
                request.RequestId
            )
        );
}
