namespace Culvert.Tunnel.Agent.Credentials.Aws;

/// <summary>The temporary credentials of a role's session.</summary>
/// <param name="AccessKeyId">Names the session; not a secret.</param>
/// <param name="SecretKey">A secret: signs.</param>
/// <param name="SessionToken">A secret, sent with each signature.</param>
internal sealed record AwsSession(string AccessKeyId, string SecretKey, string SessionToken, DateTimeOffset EndsAt)
    : IssuedToken(SessionToken, EndsAt, "")
{
    private AwsSigningKey? signingKey;

    /// <summary>The key for a day, region and service, which is derived once for all requests of that day.</summary>
    public AwsSigningKey GetSigningKey(string date, string region, string service)
    {
        var key = Volatile.Read(ref signingKey);
        if (key is null || key.Date != date || key.Region != region || key.Service != service)
        {
            key = AwsSigningKey.Derive(SecretKey, date, region, service);
            Volatile.Write(ref signingKey, key);
        }

        return key;
    }
}
