using System.Collections.Concurrent;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Access tokens with every claim that an enrolment checks.</summary>
internal sealed class MachineTokens : IAccessTokenValidator
{
    private readonly ConcurrentDictionary<string, Caller> callers = new();

    public string Add(Caller caller)
    {
        var token = "token-" + callers.Count;
        callers[token] = caller with { TokenId = token };
        return token;
    }

    public ValueTask<Result<Caller>> ValidateAsync(string token, CancellationToken cancellationToken) =>
        new(callers.TryGetValue(token, out var caller) ? Result<Caller>.Ok(caller) : AuthErrors.Invalid.Refuse());
}
