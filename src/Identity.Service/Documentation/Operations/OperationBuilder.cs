using Culvert.Identity.Service.Documentation.Shapes;

namespace Culvert.Identity.Service.Documentation.Operations;

internal sealed class OperationBuilder(IEndpointConventionBuilder endpoint)
{
    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";

    public OperationBuilder Query(params string[] names) => With(new QueryMetadata(names));

    public OperationBuilder Paged(params string[] names) => Query([.. names, "include_archived", "limit", "page"]);

    public OperationBuilder Takes<T>() => With(new BodyMetadata(typeof(T), IsOptional: false, [Json]));

    public OperationBuilder MayTake<T>() => With(new BodyMetadata(typeof(T), IsOptional: true, [Json]));

    public OperationBuilder TakesForm<T>() => With(new BodyMetadata(typeof(T), IsOptional: false, [Form]));

    public OperationBuilder TakesJsonOrForm<T>() => With(new BodyMetadata(typeof(T), IsOptional: false, [Json, Form]));

    public OperationBuilder TakesBytes(string contentType) =>
        With(new BodyMetadata(typeof(Stream), IsOptional: false, [contentType]));

    public OperationBuilder Answers<T>(string contentType = Json) =>
        With(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), [contentType]));

    /// <summary>Declares that errors have the shape of RFC 6749 §5.2.</summary>
    public OperationBuilder RefusesAsOAuth() =>
        With(new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(OAuthErrorDocument), [Json]));

    public OperationBuilder Answers(int status) => With(new ProducesResponseTypeMetadata(status, typeof(void)));

    private OperationBuilder With(object metadata)
    {
        endpoint.WithMetadata(metadata);
        return this;
    }
}
