using System.Net;
using Culvert.Platform.Fetching;

namespace Culvert.Tunnel.Agent.Credentials.Aws;

/// <summary>Gets sessions of a role from AWS STS.</summary>
internal sealed class SecurityTokenService(AwsSettings settings, CloudEndpoint endpoint, TimeProvider time)
{
    private const string Service = "sts";
    private const string WithWebIdentity = "AssumeRoleWithWebIdentity";
    private const string Chained = "AssumeRole";
    private const string Field = "credentials.aws.sts_url";
    private const string ContentType = "application/x-www-form-urlencoded";

    /// <summary>What every role allows, and the longest session that one session gets from another.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    // AWS gives none that lasts longer.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    /// <summary>A session for the agent's assertion.</summary>
    public Task<IssuedToken> AssumeAsync(string sessionName, string assertion) =>
        SendAsync(
            WithWebIdentity,
            [.. Common(WithWebIdentity, sessionName), new("WebIdentityToken", assertion)],
            signer: null
        );

    /// <summary>
    /// A session with tags. The assertion names the route and not the caller, so the tags come with a second request that
    /// a session of the same role signs.
    /// </summary>
    public Task<IssuedToken> AssumeAsync(
        string sessionName,
        IReadOnlyList<KeyValuePair<string, string>> tags,
        AwsSession session
    ) =>
        SendAsync(
            Chained,
            [
                .. Common(Chained, sessionName),
                .. tags.SelectMany(
                    (tag, i) =>
                        new KeyValuePair<string, string>[]
                        {
                            new($"Tags.member.{i + 1}.Key", tag.Key),
                            new($"Tags.member.{i + 1}.Value", tag.Value),
                        }
                ),
            ],
            new AwsSigner(session, settings.Region, Service, time)
        );

    private IEnumerable<KeyValuePair<string, string>> Common(string action, string sessionName) =>
        [
            new("Action", action),
            new("Version", "2011-06-15"),
            new("RoleArn", settings.Role),
            new("RoleSessionName", sessionName),
            new("DurationSeconds", $"{(int)Life.TotalSeconds}"),
        ];

    private async Task<IssuedToken> SendAsync(
        string action,
        IEnumerable<KeyValuePair<string, string>> form,
        AwsSigner? signer
    )
    {
        var url = new Uri(settings.StsUrl);
        var body = await new FormUrlEncodedContent(form).ReadAsByteArrayAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        request.Headers.Host = url.Authority;
        signer?.Sign(request);
        request.Headers.Host = null; // the client derives it from the URL
        var answer = await endpoint.PostAsync(
            settings.StsUrl,
            Field,
            "application/xml",
            new FetchPost(
                body,
                ContentType,
                [
                    .. request.Headers.NonValidated.Select(header => new KeyValuePair<string, string>(
                        header.Key,
                        header.Value.ToString()
                    )),
                ]
            )
        );
        return answer.IsSuccess
            ? Read(StsAnswer.Read(answer.Body, action), answer.Status, url.Host, signer is not null)
            : endpoint.Failed(answer.Detail);
    }

    private IssuedToken Read(StsAnswer? answer, HttpStatusCode? status, string host, bool isChained)
    {
        var now = time.GetUtcNow();
        if (answer is { ErrorCode.Length: > 0 })
        {
            return endpoint.Failed(StsProblems.Describe(answer.ErrorCode, settings, isChained));
        }

        if (status != HttpStatusCode.OK)
        {
            return endpoint.Failed(
                $"{host} answered with status {(int)status!}, and not as STS does. Check aws.sts_url."
            );
        }

        if (answer is not { IsSession: true, Expiration: { } expiration } || !IsSendable(answer))
        {
            return endpoint.Failed($"{host} did not answer with a session of STS. Check aws.sts_url.");
        }

        if (expiration <= now)
        {
            return endpoint.Failed("AWS gave a session that has already expired. Check the clock of this host.");
        }

        return new AwsSession(
            answer.AccessKeyId,
            answer.SecretKey,
            answer.SessionToken,
            expiration - now > Longest ? now + Longest : expiration
        );
    }

    // In a header, and the id also between slashes.
    private static bool IsSendable(StsAnswer answer) =>
        answer.AccessKeyId.All(char.IsAsciiLetterOrDigit)
        && !answer.SessionToken.AsSpan().ContainsAnyExceptInRange('!', '~');
}
