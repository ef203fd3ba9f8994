using System.Net;
using System.Text;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Jose.Keys;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Exchange.Probing;

/// <summary>
/// An issuer, a service account and a rule that exist in this object alone: no directory contains them, so no request
/// can name them, and the issuer's key is lost with the process.
/// </summary>
internal sealed class ProbeBench : IDisposable
{
    private const string Actor = "probe";
    private const string IssuerUrl = "https://probe.invalid"; // RFC 2606: reserved, never fetched
    private const string OtherAudience = "https://other.invalid";
    private const int LifetimeSeconds = 60;

    private readonly SigningKey key = SigningKey.Create();
    private readonly AccessTokenMinter tokens;
    private readonly string publicUrl;

    public ProbeBench(IssuerKeysFactory keys, string publicUrl, DateTimeOffset now)
    {
        this.publicUrl = publicUrl;
        tokens = new AccessTokenMinter(key);
        var stamps = ChangeStamps.Created(now, Actor);
        var organization = Actor;
        var issuer = new Issuer
        {
            Id = IssuerId.New(),
            OrganizationId = organization,
            Name = Actor,
            Url = IssuerUrl,
            KeySource = CreateKeys(key),
            ReplayMode = ReplayMode.Off,
            MaxJwtLifetimeSeconds = LifetimeSeconds,
            AllowedTargets = [],
            Stamps = stamps,
        };
        var account = new ServiceAccount
        {
            Id = ServiceAccountId.New(),
            OrganizationId = organization,
            Name = Actor,
            Description = "",
            Role = OrganizationRole.Developer,
            Stamps = stamps,
        };
        Rule = new CompiledRule(
            new Rule
            {
                Id = RuleId.New(),
                OrganizationId = organization,
                Name = Actor,
                Description = "",
                IssuerId = issuer.Id,
                ServiceAccountId = account.Id,
                Match = new RuleMatch { Subject = Actor },
                Scopes = [Scopes.WorkspaceInference],
                TokenLifetimeSeconds = LifetimeSeconds,
                AppliesToAllWorkspaces = false,
                WorkspaceIds = [Actor],
                TunnelIds = [],
                EdgeIds = [],
                Stamps = stamps,
            },
            issuer,
            account,
            keys.For(issuer, before: null),
            publicUrl,
            defaultWorkspaceId: Actor,
            AccountRoles.None
        );
    }

    public CompiledRule Rule { get; }

    public ExchangeRequest Proper(DateTimeOffset now) => RequestWith(TokenFor(publicUrl, now));

    /// <summary>The proper request with one bit of its signature flipped.</summary>
    public ExchangeRequest Forged(DateTimeOffset now)
    {
        var token = TokenFor(publicUrl, now);
        var first = token.AsSpan().LastIndexOf((byte)'.') + 1; // all six bits of this digit count
        token[first] = token[first] == (byte)'A' ? (byte)'B' : (byte)'A';
        return RequestWith(token);
    }

    /// <summary>Properly signed, but for another audience.</summary>
    public ExchangeRequest Misdirected(DateTimeOffset now) => RequestWith(TokenFor(OtherAudience, now));

    public void Dispose() => key.Dispose();

    private static InlineKeySource CreateKeys(SigningKey key)
    {
        var jwk = key.BareJwk.TrimEnd('}') + $$""","kid":"{{key.KeyId}}","alg":"ES256","use":"sig"}""";
        JwkSet.TryParse(Encoding.ASCII.GetBytes($$"""{"keys":[{{jwk}}]}"""), out var set);
        return new InlineKeySource($"[{jwk}]", set!);
    }

    private byte[] TokenFor(string audience, DateTimeOffset now) =>
        tokens.Mint(
            new AccessTokenClaims
            {
                Issuer = IssuerUrl,
                Subject = Actor,
                Audience = audience,
                ClientId = Actor,
                IssuedAt = now.ToUnixTimeSeconds(),
                ExpiresAt = now.ToUnixTimeSeconds() + LifetimeSeconds,
                TokenId = RandomId.New(),
                Scope = Scopes.WorkspaceInference,
                Rule = Rule.Rule.Id.Value,
                RuleVersion = 1,
                Organization = Actor,
            }
        );

    private ExchangeRequest RequestWith(byte[] token) =>
        new()
        {
            Assertion = token,
            RuleId = Rule.Rule.Id.Value,
            RequestId = "",
            Source = IPAddress.Loopback,
        };
}
