using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary><c>/v1/platform_ca/roots</c>: for the installation's operator alone.</summary>
internal sealed class PlatformRootEndpoints(PlatformRootCommands commands, PlatformSwaps swaps, TimeProvider time)
{
    public async ValueTask<ApiAnswer> ShowAsync(ApiRequest request, CancellationToken cancellationToken) =>
        ApiAnswer.Json(
            PlatformRootsDocument.Of(await swaps.LoadAsync(cancellationToken), time.GetUtcNow()),
            PlatformRootsJson.Default.PlatformRootsDocument
        );

    public async ValueTask<ApiAnswer> PrepareAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (wanted, malformed) = await ReasonRequest.ReadAsync(request, cancellationToken);
        return malformed
            ?? await AnswerAsync(
                request,
                await commands.PrepareAsync(request, wanted!.Reason, cancellationToken),
                cancellationToken
            );
    }

    public async ValueTask<ApiAnswer> ActivateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonOrEmptyAsync(
            PlatformRootsJson.Default.ActivateRootRequest,
            ActivateRootRequest.None,
            cancellationToken
        );
        if (body.Value is not { } wanted)
        {
            return body.Refusal!;
        }

        if (wanted.Check() is { } malformed)
        {
            return malformed;
        }

        return await AnswerAsync(
            request,
            await commands.ActivateAsync(request, IdOf(request), wanted, cancellationToken),
            cancellationToken
        );
    }

    public async ValueTask<ApiAnswer> RollbackAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (wanted, malformed) = await ReasonRequest.ReadAsync(request, cancellationToken);
        return malformed
            ?? await AnswerAsync(
                request,
                await commands.RollbackAsync(request, IdOf(request), wanted!.Reason, cancellationToken),
                cancellationToken
            );
    }

    private async ValueTask<ApiAnswer> AnswerAsync(
        ApiRequest request,
        TunnelResult<PlatformAuthority> result,
        CancellationToken cancellationToken
    ) => result.Value is null ? result.Refusal! : await ShowAsync(request, cancellationToken);

    private static string IdOf(ApiRequest request) => request.Route("root_id");
}
