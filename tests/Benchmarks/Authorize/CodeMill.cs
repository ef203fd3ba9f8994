using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Load;
using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Storage.Sqlite;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Culvert.Benchmarks.Authorize;

/// <summary>
/// Makes authorization codes as the consent page does: a grant in the store of the service, and the sealed code for it. A
/// browser would need longer for them than the service for their redemption.
/// </summary>
internal sealed class CodeMill : IDisposable
{
    public const string RedirectUri = "https://client.example.com/callback";
    public const string Subject = "bench-person";
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly ExchangeInstallation service;
    private readonly SignInRule rule;
    private readonly SqliteConnection connection;
    private readonly RefreshGrantStore grants;
    private readonly SealedValues values;

    public CodeMill(ExchangeInstallation service, SignInRule rule)
    {
        (this.service, this.rule) = (service, rule);
        connection = new SqliteConnection($"Data Source={service.Database};Pooling=False;Default Timeout=30");
        connection.Open();
        var id = connection.QuerySingle<string>("SELECT installation_id FROM installation");
        var keys = SealingKeys.Parse(File.ReadAllText(service.SealingKeyFile));
        var sealer = new Sealer(keys, id);
        // Its statements are made, not run: this process only writes them to the file.
        grants = new RefreshGrantStore(new SqliteDatabase(service.Database), sealer);
        values = new SealedValues(sealer);
    }

    /// <summary>So many redemptions, each of a code of its own.</summary>
    public Task<RequestFile> WriteRequestsAsync(int count, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var requests = new ReadOnlyMemory<byte>[count];
        using (var transaction = connection.BeginTransaction())
        {
            for (var i = 0; i < count; i++)
            {
                var grant = CreateGrant(now);
                var statement = grants.Insert(grant);
                connection.Execute(statement.Sql, statement.Parameters, transaction);
                requests[i] = CreateRequest(grant, now);
            }

            transaction.Commit();
        }

        return RequestFile.WriteAsync(service.Run.File($"codes-{count}"), requests, cancellationToken);
    }

    public void Dispose() => connection.Dispose();

    private RefreshGrant CreateGrant(DateTimeOffset now) =>
        new()
        {
            Id = RandomId.New(),
            OrganizationId = service.OrganizationId,
            IssuerId = service.IssuerId,
            Person = new SignedInPerson(
                ExchangeInstallation.Issuer,
                Subject,
                "Bench Person",
                $$"""{"iss":"{{ExchangeInstallation.Issuer}}","sub":"{{Subject}}","aud":"culvert-console","iat":{{now.ToUnixTimeSeconds()}},"exp":{{(
                    now + Life
                ).ToUnixTimeSeconds()}},"email":"person@example.com","groups":["staff","developers"]}"""
            ),
            RefreshKey = RandomNumberGenerator.GetBytes(32),
            ClientId = rule.ClientId,
            Resource = rule.Resource,
            Scope = SignInRule.Scope,
            RuleId = rule.RuleId,
            Family = RandomId.New(),
            SignedInAt = now,
            IdleUntil = now + Life,
            ExpiresAt = now + TimeSpan.FromDays(30),
        };

    private ReadOnlyMemory<byte> CreateRequest(RefreshGrant grant, DateTimeOffset now)
    {
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var code = values.Seal(
            PersonTokens.CodePurpose,
            grant.OrganizationId,
            new CodeContent(
                grant.Id,
                grant.Family,
                grant.ClientId,
                RedirectUri,
                Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
                null,
                (now + Life).ToUnixTimeSeconds()
            ),
            AuthorizationJson.Default.CodeContent
        );
        var body =
            $"grant_type=authorization_code&client_id={grant.ClientId}&code={code}"
            + $"&redirect_uri={Uri.EscapeDataString(RedirectUri)}&code_verifier={verifier}"
            + $"&resource={Uri.EscapeDataString(grant.Resource)}";
        return Encoding.ASCII.GetBytes(
            $"POST /oauth/{grant.OrganizationId}/token HTTP/1.1\r\nHost: {service.Url.Authority}\r\n"
                + $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );
    }
}
