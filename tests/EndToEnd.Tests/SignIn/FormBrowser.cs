using System.Text.RegularExpressions;
using Culvert.EndToEnd.Tests.Harness;

namespace Culvert.EndToEnd.Tests.SignIn;

/// <summary>
/// A browser at oidc-provider and at the service of which only the forms count: name, consent, code. It keeps cookies.
/// </summary>
/// <param name="roots">PEM file of the roots that it trusts.</param>
internal sealed partial class FormBrowser(string roots) : IDisposable
{
    private const int MaxForms = 6;

    private readonly HttpClient client = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new() { CertificateChainPolicy = McpCaller.TrustOnly(roots) },
        }
    );

    public void Dispose() => client.Dispose();

    /// <summary>
    /// Signs in as that person and consents: every page is a form that posts its hidden fields. Returns the page after the
    /// last form.
    /// </summary>
    public async Task<string> ConfirmAsync(Uri page, string person, string code, CancellationToken cancellationToken)
    {
        var (html, back) = await FillAsync(page, person, code, cancellationToken);
        return back is null ? html : await VisitAsync(back, cancellationToken);
    }

    /// <summary>
    /// Signs in as that person and allows the client. Returns where the browser is sent then, on this machine, without
    /// visiting it.
    /// </summary>
    public async Task<Uri> AllowAsync(Uri page, string person, CancellationToken cancellationToken)
    {
        var (html, back) = await FillAsync(page, person, code: "", cancellationToken);
        return back ?? throw new InvalidOperationException($"The last page has no form and no redirect: {html}");
    }

    public Task<string> VisitAsync(Uri page, CancellationToken cancellationToken) =>
        client.GetStringAsync(page, cancellationToken);

    private async Task<(string Html, Uri? Back)> FillAsync(
        Uri page,
        string person,
        string code,
        CancellationToken cancellationToken
    )
    {
        var answer = await client.GetAsync(page, cancellationToken);
        for (var form = 0; form < MaxForms; form++)
        {
            var html = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (FindRedirect(answer) is { } back)
            {
                answer.Dispose();
                return (html, back);
            }

            var at = answer.RequestMessage!.RequestUri!;
            answer.Dispose();
            if (Form().Match(html) is not { Success: true } found)
            {
                return (html, null);
            }

            var fields = Hidden()
                .Matches(html)
                .ToDictionary(field => field.Groups["name"].Value, field => field.Groups["value"].Value);
            (fields["user_code"], fields["login"], fields["password"]) = (code, person, "anything");
            var next = new Uri(at, found.Groups["action"].Value);
            // Of the service's pages: the consent of a client, the connection of an account.
            fields["answer"] = next.AbsolutePath.EndsWith("/connect", StringComparison.Ordinal) ? "connect" : "allow";
            using var filled = new FormUrlEncodedContent(fields);
            answer = await client.PostAsync(next, filled, cancellationToken);
        }

        throw new InvalidOperationException(
            $"There is no end to the forms; the last was {answer.RequestMessage!.RequestUri}."
        );
    }

    /// <summary>The person takes the link on the first page that gives up. Returns whether there was one.</summary>
    public async Task<bool> AbortAsync(Uri page, CancellationToken cancellationToken)
    {
        using var first = await client.GetAsync(page, cancellationToken);
        var link = Abort().Match(await first.Content.ReadAsStringAsync(cancellationToken));
        if (!link.Success)
        {
            return false;
        }

        var target = new Uri(first.RequestMessage!.RequestUri!, link.Groups["link"].Value);
        using var last = await client.GetAsync(target, cancellationToken);
        if (FindRedirect(last) is { } back)
        {
            await VisitAsync(back, cancellationToken);
        }

        return true;
    }

    // From https to loopback: a browser follows this redirect, and HttpClient does not.
    private static Uri? FindRedirect(HttpResponseMessage answer) =>
        answer.Headers.Location is { IsAbsoluteUri: true, Scheme: "http", IsLoopback: true } back ? back : null;

    [GeneratedRegex("<a href=\"(?<link>[^\"]+/abort)\"")]
    private static partial Regex Abort();

    [GeneratedRegex("<form[^>]+action=\"(?<action>[^\"]+)\"")]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex Hidden();
}
