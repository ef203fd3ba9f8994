using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Tests.Fixtures;

internal sealed class NoAccessTokens : IAccessTokenValidator
{
    public ValueTask<AuthenticationResult> ValidateAsync(string token, CancellationToken cancellationToken) =>
        new(AuthenticationResult.Refused(AuthErrors.Invalid.Refuse()));
}
