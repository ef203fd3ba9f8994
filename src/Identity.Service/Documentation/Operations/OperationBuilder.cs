using Culvert.Identity.Service.Documentation.Shapes;

namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>What an operation takes and answers.</summary>
internal sealed class OperationBuilder(IEndpointConventionBuilder endpoint)
{
    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";

    /// <summary>The names of its query parameters; <see cref="OperationParameters"/> describes them.</summary>
    public OperationBuilder Query(params string[] names) => With(new QueryMetadata(names));

    /// <summary>A page of a list: <c>limit</c>, <c>page</c> and <c>include_archived</c>.</summary>
    public OperationBuilder Paged(params string[] names) => Query([.. names, "include_archived", "limit", "page"]);

    /// <summary>A JSON body.</summary>
    public OperationBuilder Takes<T>() => With(new BodyMetadata(typeof(T), IsOptional: false, [Json]));

    /// <summary>A JSON body that may be left out.</summary>
    public OperationBuilder MayTake<T>() => With(new BodyMetadata(typeof(T), IsOptional: true, [Json]));

    /// <summary>A form, as RFC 6749 has it.</summary>
    public OperationBuilder TakesForm<T>() => With(new BodyMetadata(typeof(T), IsOptional: false, [Form]));

    /// <summary>JSON, or a form with the same members.</summary>
    public OperationBuilder TakesJsonOrForm<T>() => With(new BodyMetadata(typeof(T), IsOptional: false, [Json, Form]));

    /// <summary>Bytes of a media type that is not JSON.</summary>
    public OperationBuilder TakesBytes(string contentType) =>
        With(new BodyMetadata(typeof(Stream), IsOptional: false, [contentType]));

    public OperationBuilder Answers<T>(string contentType = Json) =>
        With(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), [contentType]));

    /// <summary>Refusals of forms have the shape of RFC 6749 §5.2.</summary>
    public OperationBuilder RefusesAsOAuth() =>
        With(new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(OAuthErrorDocument), [Json]));

    /// <summary>A status without a body.</summary>
    public OperationBuilder Answers(int status) => With(new ProducesResponseTypeMetadata(status, typeof(void)));

    private OperationBuilder With(object metadata)
    {
        endpoint.WithMetadata(metadata);
        return this;
    }
}
