using System.Net;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Credentials.Aws;

namespace Culvert.Benchmarks.Servers;

/// <summary>Credentials for an upstream that need no other server, since only their use is measured.</summary>
internal static class BenchCredentials
{
    public const string Static = "static";
    public const string Federated = "federated";
    public const string Aws = "aws";

    /// <summary>The variable of the process that has the value of the static one, and the secret of the client.</summary>
    public const string Variable = "BENCH_CREDENTIAL";

    /// <returns>Null for no kind.</returns>
    public static UpstreamCredential? Create(string kind) =>
        kind switch
        {
            Static => new StaticCredential("Authorization", Secret()),
            Federated => CreateFederated(),
            Aws => new SigningCredential(),
            _ => null,
        };

    private static ClientCredentialsCredential CreateFederated()
    {
        var settings = new TokenSettings
        {
            Url = "https://as.bench.test/token",
            ClientId = "bench",
            ClientAuth = ClientAuth.SecretPost,
            ClientSecret = Secret(),
            Audience = "bench",
        };
        return new ClientCredentialsCredential(
            settings,
            new TokenEndpoint(settings, TimeProvider.System, transport: new FixedTokens()),
            TimeProvider.System
        );
    }

    private static SecretReference Secret() =>
        SecretReference.TryParse($"env:{Variable}", "/", out var secret)
            ? secret
            : throw new InvalidOperationException($"{Variable} is not set.");

    private sealed class FixedTokens : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) =>
            Task.FromResult(
                new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new StringContent(
                        """{"access_token":"bench","token_type":"Bearer","expires_in":86400}"""
                    ),
                }
            );
    }

    // As an AwsCredential that has its session.
    private sealed class SigningCredential : UpstreamCredential
    {
        private readonly AwsSession session = new(
            "AKIABENCH",
            "bench/secret",
            new string('t', 1_000),
            DateTimeOffset.MaxValue
        );

        public override string Kind => Aws;

        public override bool HoldsBody => true;

        public override ValueTask<CredentialHeader> GetAsync(
            Culvert.Tunnel.Agent.Requests.Exchange exchange,
            CancellationToken cancellationToken
        ) =>
            new(
                CredentialHeader.None with
                {
                    Name = "Authorization",
                    Signer = new AwsSigner(session, "eu-central-1", "execute-api", TimeProvider.System),
                }
            );
    }
}
