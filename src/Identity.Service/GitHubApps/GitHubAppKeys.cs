using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Signatures;

namespace Culvert.Identity.Service.GitHubApps;

/// <summary>Signs the JWTs with which GitHub Apps prove themselves to GitHub: RS256, valid for ten minutes at most.</summary>
internal sealed class GitHubAppKeys(TokenKeyHsm hsm, ILogger<GitHubAppKeys> logger)
{
    // One request uses it at once.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    // GitHub refuses an iat that is ahead of its own clock.
    private static readonly TimeSpan Backdate = TimeSpan.FromMinutes(1);

    /// <exception cref="SigningUnavailableException">The HSM did not sign.</exception>
    public string Sign(GitHubAppOptions app, DateTimeOffset now)
    {
        AuditData claims =
        [
            ("iss", app.ClientId),
            ("iat", (now - Backdate).ToUnixTimeSeconds()),
            ("exp", (now + Life).ToUnixTimeSeconds()),
        ];
        try
        {
            var key = hsm.Open(app.KeyLabel, JwsAlgorithm.RS256);
            return Encoding.ASCII.GetString(
                CompactSigner.Sign(key, """{"alg":"RS256","typ":"JWT"}""", claims.Encode())
            );
        }
        catch (CryptographicException e)
        {
            Log.AppKeyFailed(logger, e, app.KeyLabel);
            throw new SigningUnavailableException(e);
        }
    }
}
