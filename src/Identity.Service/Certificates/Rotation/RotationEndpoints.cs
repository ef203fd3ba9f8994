using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Rotation;

internal sealed class RotationEndpoints(
    TunnelAuthorityStore authorities,
    RotationReport report,
    RotationCommands commands
)
{
    public async ValueTask<ApiAnswer> ShowAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, cancellationToken);
        return found.IsOk ? await AnswerAsync(found.Value, cancellationToken) : found.Refusal;
    }

    public ValueTask<ApiAnswer> RollbackAsync(ApiRequest request, CancellationToken cancellationToken) =>
        RunAsync(
            request,
            (authority, wanted) => commands.RollbackAsync(request, authority, wanted.Reason, cancellationToken),
            cancellationToken
        );

    public ValueTask<ApiAnswer> WithdrawAsync(ApiRequest request, CancellationToken cancellationToken) =>
        RunAsync(
            request,
            (authority, wanted) => commands.WithdrawAsync(request, authority, wanted, cancellationToken),
            cancellationToken
        );

    private async ValueTask<ApiAnswer> RunAsync(
        ApiRequest request,
        Func<TunnelAuthority, RotationRequest, ValueTask<Result<TunnelAuthority>>> command,
        CancellationToken cancellationToken
    )
    {
        var body = await request.ReadJsonOrEmptyAsync(
            RotationJson.Default.RotationRequest,
            RotationRequest.None,
            cancellationToken
        );
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (wanted.Check() is { } malformed)
        {
            return malformed;
        }

        if (!(await FindAsync(request, cancellationToken)).TryGet(out var authority, out refusal))
        {
            return refusal;
        }

        var result = await command(authority, wanted);
        return result.IsOk ? await AnswerAsync(result.Value, cancellationToken) : result.Refusal;
    }

    private async ValueTask<ApiAnswer> AnswerAsync(TunnelAuthority authority, CancellationToken cancellationToken) =>
        await report.MakeAsync(authority, cancellationToken) is { } document
            ? ApiAnswer.Json(document, RotationJson.Default.RotationDocument)
            : RequestErrors.NotFound.Refuse();

    private async ValueTask<Result<TunnelAuthority>> FindAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!CertificateAuthorityId.TryParse(request.Route("ca_id"), out var id))
        {
            return RequestErrors.NotFound.Refuse();
        }

        var authority = await authorities.FindAsync(id.Value, cancellationToken);
        return authority is not null && request.Caller.Sees(authority.OrganizationId, authority.WorkspaceId)
            ? authority
            : RequestErrors.NotFound.Refuse();
    }
}
