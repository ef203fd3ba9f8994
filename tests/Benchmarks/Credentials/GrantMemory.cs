using Culvert.Benchmarks.Figures;
using Culvert.Machine.Client.Calls;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Benchmarks.Credentials;

/// <summary>
/// <c>credentials.memory</c>: what the access tokens of 10,000 people take in an agent. Each is a JWT of 1,000 characters.
/// </summary>
internal static class GrantMemory
{
    private const int People = 10_000;
    private const int TokenCharacters = 1_000;
    private const string Page = "https://id.bench.test/connect";
    private const double BytesInMebibyte = 1024 * 1024;

    public static async Task<Figure> MeasureAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var credential = new PersonGrantCredential("docs", AnswerAsync, time);
        var exchange = new Culvert.Tunnel.Agent.Requests.Exchange(new BodyReader(new BodyBudget(), time));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < People; i++)
        {
            exchange.Principal = new Principal
            {
                Issuer = "https://login.bench.test",
                Subject = $"4b1f0f0e-0000-4000-8000-{i:D12}",
                ClientId = "",
                Scopes = [],
                EndsAt = DateTimeOffset.MaxValue,
                KeyThumbprint = null,
            };
            var header = await credential.GetAsync(exchange, cancellationToken);
            if (header.Problem.Length > 0)
            {
                throw new InvalidOperationException(header.Problem);
            }
        }

        exchange.Principal = null;
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(credential);
        return new Figure
        {
            Name = "credentials.memory",
            Value = Math.Round(bytes / BytesInMebibyte, 1),
            Unit = "MiB",
        };

        // As a request that has to wait.
        async Task<ApiResult<ConnectionTokenAnswer>> AnswerAsync(
            ConnectionTokenRequest request,
            CancellationToken token
        )
        {
            await Task.Yield();
            return new ConnectionTokenAnswer(
                request.Subject + new string('t', TokenCharacters - request.Subject.Length),
                time.GetUtcNow() + TimeSpan.FromHours(1),
                Page
            );
        }
    }
}
