using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>The tokens of a bench's machines, and those that the service granted itself.</summary>
internal sealed class MachineOrGrantedTokens(MachineTokens machines, AccessTokenValidator granted)
    : IAccessTokenValidator
{
    public async ValueTask<Result<Caller>> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        var machine = await machines.ValidateAsync(token, cancellationToken);
        return machine.IsOk ? machine : await granted.ValidateAsync(token, cancellationToken);
    }
}
