using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary><c>/v1/platform_ca/roots</c>: only for the installation's operator.</summary>
internal sealed class PlatformRootEndpoints(PlatformRootCommands commands, PlatformSwaps swaps, TimeProvider time)
{
    public async ValueTask<ApiAnswer> ShowAsync(ApiRequest request, CancellationToken cancellationToken) =>
        ApiAnswer.Json(
            PlatformRootsDocument.From(await swaps.LoadAsync(cancellationToken), time.GetUtcNow()),
            PlatformRootsJson.Default.PlatformRootsDocument
        );

    public async ValueTask<ApiAnswer> PrepareAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var wanted = await ReasonRequest.ReadAsync(request, cancellationToken);
        return wanted.IsOk
            ? await AnswerAsync(
                request,
                await commands.PrepareAsync(request, wanted.Value.Reason, cancellationToken),
                cancellationToken
            )
            : wanted.Refusal;
    }

    public async ValueTask<ApiAnswer> ActivateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonOrEmptyAsync(
            PlatformRootsJson.Default.ActivateRootRequest,
            ActivateRootRequest.None,
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

        return await AnswerAsync(
            request,
            await commands.ActivateAsync(request, ReadId(request), wanted, cancellationToken),
            cancellationToken
        );
    }

    public async ValueTask<ApiAnswer> RollbackAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var wanted = await ReasonRequest.ReadAsync(request, cancellationToken);
        return wanted.IsOk
            ? await AnswerAsync(
                request,
                await commands.RollbackAsync(request, ReadId(request), wanted.Value.Reason, cancellationToken),
                cancellationToken
            )
            : wanted.Refusal;
    }

    private async ValueTask<ApiAnswer> AnswerAsync(
        ApiRequest request,
        Result<PlatformAuthority> result,
        CancellationToken cancellationToken
    ) => !result.IsOk ? result.Refusal : await ShowAsync(request, cancellationToken);

    private static string ReadId(ApiRequest request) => request.Route("root_id");
}
