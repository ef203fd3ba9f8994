using System.Net;
using Culvert.Platform.Fetching;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Credentials;
using Microsoft.AspNetCore.WebUtilities;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>An authorization server in the network's place: takes down what it is asked, and answers as the test says.</summary>
internal sealed class ScriptedServer : HttpMessageHandler
{
    /// <summary>The server as an agent's configuration names it.</summary>
    public static TokenSettings Settings(string audience)
    {
        SecretReference.TryParse("env:SECRET", "/", out var secret, _ => "secret").ShouldBeTrue();
        return new TokenSettings
        {
            Url = "https://as.example.test/token",
            ClientId = "agent",
            ClientAuth = ClientAuth.SecretPost,
            ClientSecret = secret,
            Audience = audience,
            Act = false,
        };
    }

    /// <summary>Every form that came, in order.</summary>
    public List<Dictionary<string, string>> Forms { get; } = [];

    /// <summary>Every request's <c>Authorization</c>; null where it had none.</summary>
    public List<string?> Authorizations { get; } = [];

    /// <summary>By the count of requests so far.</summary>
    public Func<int, string> Answer { get; set; } =
        count => $$"""{"access_token":"t{{count}}","token_type":"Bearer","expires_in":300}""";

    /// <summary>Nothing is answered, for this reason.</summary>
    public string? Refusal { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        request.Method.ShouldBe(HttpMethod.Post);
        request.Content!.Headers.ContentType!.MediaType.ShouldBe("application/x-www-form-urlencoded");
        Forms.Add(
            QueryHelpers
                .ParseQuery(await request.Content.ReadAsStringAsync(cancellationToken))
                .ToDictionary(field => field.Key, field => field.Value.ShouldHaveSingleItem()!)
        );
        Authorizations.Add(request.Headers.Authorization?.ToString());
        return Refusal is null
            ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Answer(Forms.Count)) }
            : throw new FetchRefusedException(Refusal);
    }
}
