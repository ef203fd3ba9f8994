using System.Text.RegularExpressions;
using Culvert.EndToEnd.Tests.Harness;

namespace Culvert.EndToEnd.Tests.SignIn;

/// <summary>A browser at oidc-provider of which only the forms count: name, consent, code. It keeps cookies.</summary>
internal sealed partial class FormBrowser(string providerCaFile) : IDisposable
{
    private const int MaxForms = 6;

    private readonly HttpClient client = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new() { CertificateChainPolicy = McpCaller.TrustOnly(providerCaFile) },
        }
    );

    public void Dispose() => client.Dispose();

    /// <summary>
    /// Signs in as that person and consents: every page is a form that posts its hidden fields. Returns the page after the
    /// last form.
    /// </summary>
    public async Task<string> ConfirmAsync(Uri page, string person, string code, CancellationToken cancellationToken)
    {
        var answer = await FollowAsync(await client.GetAsync(page, cancellationToken), cancellationToken);
        for (var form = 0; form < MaxForms; form++)
        {
            var html = await answer.Content.ReadAsStringAsync(cancellationToken);
            var at = answer.RequestMessage!.RequestUri!;
            answer.Dispose();
            if (Form().Match(html) is not { Success: true } found)
            {
                return html;
            }

            var fields = Hidden()
                .Matches(html)
                .ToDictionary(field => field.Groups["name"].Value, field => field.Groups["value"].Value);
            (fields["user_code"], fields["login"], fields["password"]) = (code, person, "anything");
            using var filled = new FormUrlEncodedContent(fields);
            var next = new Uri(at, found.Groups["action"].Value);
            answer = await FollowAsync(await client.PostAsync(next, filled, cancellationToken), cancellationToken);
        }

        throw new InvalidOperationException(
            $"There is no end to the forms; the last was {answer.RequestMessage!.RequestUri}."
        );
    }

    /// <summary>The person takes the link on the first page that gives up. Returns whether there was one.</summary>
    public async Task<bool> AbortAsync(Uri page, CancellationToken cancellationToken)
    {
        using var first = await FollowAsync(await client.GetAsync(page, cancellationToken), cancellationToken);
        var link = Abort().Match(await first.Content.ReadAsStringAsync(cancellationToken));
        if (!link.Success)
        {
            return false;
        }

        var target = new Uri(first.RequestMessage!.RequestUri!, link.Groups["link"].Value);
        using var last = await FollowAsync(await client.GetAsync(target, cancellationToken), cancellationToken);
        return true;
    }

    // From https to loopback: a browser follows this redirect, and HttpClient does not.
    private async Task<HttpResponseMessage> FollowAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Headers.Location is not { IsAbsoluteUri: true, Scheme: "http", Host: "127.0.0.1" } back)
        {
            return answer;
        }

        answer.Dispose();
        return await client.GetAsync(back, cancellationToken);
    }

    [GeneratedRegex("<a href=\"(?<link>[^\"]+/abort)\"")]
    private static partial Regex Abort();

    [GeneratedRegex("<form[^>]+action=\"(?<action>[^\"]+)\"")]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex Hidden();
}
