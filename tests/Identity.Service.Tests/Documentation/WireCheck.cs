using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Testing.Api;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>
/// Holds every answer that a test gets against <c>docs/openapi.json</c>: the status of what succeeds, the media type, and
/// the body with its schema.
/// </summary>
internal sealed class WireCheck(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    // As our own readers are: a member that an object has twice is an error.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var answer = await base.SendAsync(request, cancellationToken);
        // What is streamed is left to its reader.
        if (
            (
                answer.Content.Headers is { ContentLength: > 0, ContentType.MediaType: { } type }
                && type.EndsWith("json", StringComparison.Ordinal)
            ) || (answer.IsSuccessStatusCode && answer.Content.Headers.ContentLength is 0)
        )
        {
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            var findings = ApiDescription.OfTheService.FindInAnswer(
                request.Method.Method,
                request.RequestUri!.AbsolutePath,
                (int)answer.StatusCode,
                body.Length > 0 ? answer.Content.Headers.ContentType?.MediaType : null,
                body.Length > 0 ? JsonNode.Parse(body, documentOptions: Strict) : null
            );
            findings.ShouldBeEmpty(
                $"{request.Method} {request.RequestUri.AbsolutePath} answered {(int)answer.StatusCode} as docs/openapi.json "
                    + "has it not"
            );
        }

        return answer;
    }
}
