using System.Globalization;
using System.Net.Http.Headers;
using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Figures;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Culvert.Benchmarks.Authorize;

/// <summary>
/// <c>authorize.scim_filter.100000</c>: how long a directory waits for the user with a <c>userName</c> among a hundred
/// thousand.
/// </summary>
internal sealed class DirectoryBench(Checkout checkout, string folder, TimeProvider time)
{
    private const int Users = 100_000;
    private const int WarmUp = 2_000;
    private const int Requests = 2_000;

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var mill = new AssertionMill();
        await using var service = await ExchangeInstallation.CreateAsync(
            checkout,
            folder,
            mill,
            time,
            cancellationToken
        );
        AddUsers(service);
        using var client = await CreateClientAsync(service, cancellationToken);
        var times = new List<TimeSpan>();
        for (var request = 0; request < WarmUp + Requests; request++)
        {
            // Spread over all that there are: a multiplier without a common factor with them visits each.
            var user = (request * 7919L % Users) + 1;
            var filter = string.Create(CultureInfo.InvariantCulture, $"userName eq \"person-{user}@example.com\"");
            var began = time.GetTimestamp();
            var answer = await client.GetStringAsync(
                $"{service.Url}scim/{service.IssuerId}/v2/Users?filter={Uri.EscapeDataString(filter)}",
                cancellationToken
            );
            times.Add(time.GetElapsedTime(began));
            if (!answer.Contains("\"totalResults\":1,", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"A user was not found: {answer}");
            }
        }

        times.RemoveRange(0, WarmUp);
        times.Sort();
        return
        [
            Figure.OfValue(
                string.Create(CultureInfo.InvariantCulture, $"authorize.scim_filter.{Users}"),
                "ms",
                [times[Requests / 2].TotalMilliseconds]
            ) with
            {
                P50Ms = Math.Round(times[Requests / 2].TotalMilliseconds, 2),
                P99Ms = Math.Round(times[(int)(Requests * 0.99)].TotalMilliseconds, 2),
            },
        ];
    }

    private static async Task<HttpClient> CreateClientAsync(
        ExchangeInstallation service,
        CancellationToken cancellationToken
    )
    {
        using var api = service.OpenApi();
        var key = await api.CreateAsync("/v1/admin_keys", new { name = "directory", role = "scim" }, cancellationToken);
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = service.TrustOnly() });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            key.GetProperty("admin_key").GetString()
        );
        return client;
    }

    // As the service stores them; through the API it would take longer than all that is measured.
    private static void AddUsers(ExchangeInstallation service)
    {
        using var connection = new SqliteConnection($"Data Source={service.Database};Pooling=False;Default Timeout=30");
        connection.Execute(
            "INSERT INTO scim_resources (id, ordinal, organization_id, issuer_id, kind, user_name_key, display_name_key, "
                + "external_id, subject, content, version, created_at_ms, updated_at_ms) "
                + "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @Users) "
                + "SELECT 'scu_' || printf('%024d', i), 1000000 + i, @OrganizationId, @IssuerId, 'user', "
                + "'person-' || i || '@example.com', 'person ' || i, 'ext-' || i, 'ext-' || i, "
                + "'{\"userName\":\"person-' || i || '@example.com\",\"displayName\":\"Person ' || i || '\",\"externalId\":\"ext-' "
                + "|| i || '\",\"active\":true}', 1, 0, 0 FROM n",
            new
            {
                Users,
                service.OrganizationId,
                service.IssuerId,
            }
        );
    }
}
