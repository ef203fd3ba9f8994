using System.Collections.Concurrent;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Access tokens with every claim that an enrolment looks at.</summary>
internal sealed class MachineTokens : IAccessTokenValidator
{
    private readonly ConcurrentDictionary<string, Caller> callers = new();

    public string Add(Caller caller)
    {
        var token = "token-" + callers.Count;
        callers[token] = caller with { TokenId = token };
        return token;
    }

    public ValueTask<AuthenticationResult> ValidateAsync(string token, CancellationToken cancellationToken) =>
        new(
            callers.TryGetValue(token, out var caller)
                ? AuthenticationResult.Of(caller)
                : AuthenticationResult.Refused(AuthErrors.Invalid.Refuse())
        );
}
