using System.Text;

namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>AWS: STS issues a token with our audience (GetWebIdentityToken, regional endpoints only).</summary>
internal sealed class AwsDetector : PlatformDetector
{
    private const string RelativeUri = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    private const string FullUri = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    private const string Function = "AWS_LAMBDA_FUNCTION_NAME";
    private const string TokenStart = "<WebIdentityToken>";
    private const string TokenEnd = "</WebIdentityToken>";
    private const int TokenLifeSeconds = 300;

    public override string Name => "aws";

    public override DetectorTier Tier => DetectorTier.Machine;

    public override bool IsPresent(PlatformEnvironment environment) =>
        environment.Has(RelativeUri)
        || environment.Has(FullUri)
        || environment.Has(Function)
        || environment.Firmware("sys_vendor") == "Amazon EC2";

    public override async Task<string> ReadAsync(
        PlatformEnvironment environment,
        string audience,
        CancellationToken cancellationToken
    )
    {
        var session = Session(environment);
        var credentials = session is null ? await CredentialsAsync(environment, cancellationToken) : session;
        var region =
            environment["AWS_REGION"]
            ?? environment["AWS_DEFAULT_REGION"]
            ?? await MachineAsync(environment, "placement/region", cancellationToken);
        var url = environment.SecurityTokenService(region.Trim());
        var body =
            $"Action=GetWebIdentityToken&Audience.member.1={Uri.EscapeDataString(audience)}"
            + $"&DurationSeconds={TokenLifeSeconds}&SigningAlgorithm=RS256&Version=2011-06-15";
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.ContentType = new(AwsSignature.FormType);
        var now = environment.Time.GetUtcNow();
        foreach (var header in AwsSignature.Sign(url.Authority, body, credentials, region.Trim(), "sts", now))
        {
            request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        var answer = await PlatformHttp.SendAsync(request, Name, environment.Time, cancellationToken);
        return ReadToken(answer) ?? throw Failed("the response of STS contains no WebIdentityToken.");
    }

    private static AwsCredentials? Session(PlatformEnvironment environment) =>
        environment["AWS_ACCESS_KEY_ID"] is { } id && environment["AWS_SECRET_ACCESS_KEY"] is { } secret
            ? new AwsCredentials(id, secret, environment["AWS_SESSION_TOKEN"])
            : null;

    private async Task<AwsCredentials> CredentialsAsync(
        PlatformEnvironment environment,
        CancellationToken cancellationToken
    )
    {
        var answer = ContainerUrl(environment) is { } url
            ? await ContainerAsync(environment, url, cancellationToken)
            : await MachineCredentialsAsync(environment, cancellationToken);
        return AwsCredentials.Read(answer) ?? throw Failed("the response contains no credentials.");
    }

    private Uri? ContainerUrl(PlatformEnvironment environment)
    {
        if (environment[RelativeUri] is { } relative)
        {
            return new Uri(new Uri($"http://{environment.ContainerCredentials}"), relative);
        }

        if (environment[FullUri] is not { } full)
        {
            return null;
        }

        return
            Uri.TryCreate(full, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || PlatformHttp.IsLocal(url))
            ? url
            : throw Failed($"{FullUri} is neither https nor an address of this machine.");
    }

    private async Task<string> ContainerAsync(
        PlatformEnvironment environment,
        Uri url,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        var token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] is { } file
            ? (await TokenFile.ReadAsync(file, cancellationToken)).Trim()
            : environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", token);
        }

        return await PlatformHttp.SendAsync(request, Name, environment.Time, cancellationToken);
    }

    private async Task<string> MachineCredentialsAsync(
        PlatformEnvironment environment,
        CancellationToken cancellationToken
    )
    {
        const string folder = "iam/security-credentials/";
        var role = await MachineAsync(environment, folder, cancellationToken);
        return await MachineAsync(environment, folder + Uri.EscapeDataString(role.Trim()), cancellationToken);
    }

    // Version 2 of the metadata service needs a session token for each request.
    private async Task<string> MachineAsync(
        PlatformEnvironment environment,
        string path,
        CancellationToken cancellationToken
    )
    {
        using var session = new HttpRequestMessage(
            HttpMethod.Put,
            new Uri($"http://{environment.Metadata}/latest/api/token")
        );
        session.Headers.Add("X-aws-ec2-metadata-token-ttl-seconds", "60");
        var token = await PlatformHttp.SendAsync(session, Name, environment.Time, cancellationToken);
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri($"http://{environment.Metadata}/latest/meta-data/{path}")
        );
        request.Headers.TryAddWithoutValidation("X-aws-ec2-metadata-token", token);
        return await PlatformHttp.SendAsync(request, Name, environment.Time, cancellationToken);
    }

    // A token has no character that XML would escape, so that its element is found by its tags: an XML reader would be a
    // fiftieth of the agent's file.
    private static string? ReadToken(string xml)
    {
        var start = xml.IndexOf(TokenStart, StringComparison.Ordinal) + TokenStart.Length;
        var end = start < TokenStart.Length ? -1 : xml.IndexOf(TokenEnd, start, StringComparison.Ordinal);
        return end < 0 || xml.AsSpan(start, end - start).ContainsAny('<', '&') ? null : xml[start..end].Trim();
    }
}
