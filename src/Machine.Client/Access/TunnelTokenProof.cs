using Culvert.Machine.Client.Calls;
using Culvert.Platform.Secrets;

namespace Culvert.Machine.Client.Access;

/// <summary>Manual mode: the tunnel token, which is read again at each use (S5).</summary>
public sealed class TunnelTokenProof(SecretReference token) : IProofSource
{
    public Task<ApiResult<Proof>> GetAsync(bool fresh, CancellationToken cancellationToken) =>
        Task.FromResult<ApiResult<Proof>>(Read());

    public async Task<ApiResult<T>> UseAsync<T>(
        bool fresh,
        Func<Proof, Task<ApiResult<T>>> send,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var proof = Read();
        return proof.IsSuccess ? await send(proof.Value) : proof.Failure;
    }

    public Task ForgetAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private ApiResult<Proof> Read()
    {
        try
        {
            return new Proof(token.Read());
        }
        catch (SecretUnavailableException e)
        {
            return new ApiFailure
            {
                Kind = ApiFailureKind.NoProof,
                Operation = "tunnel token",
                Message = e.Message,
            };
        }
    }
}
