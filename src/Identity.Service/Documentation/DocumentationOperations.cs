using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Documentation;

internal static class DocumentationOperations
{
    public static readonly Operation BrowserScript = Operation.GetByBrowser(ApiBrowser.ScriptPath);

    public static readonly Operation Page = Operation.GetByBrowser("/docs/{**path}");

    public static readonly Operation GetDescription = Operation
        .Get("get_api_description", DocumentationRegistration.DescriptionPath, Access.Anonymous)
        .Describe(
            "Get this description",
            "The description of this API as OpenAPI 3.1, generated from the endpoints of the running version."
        )
        .Returns<ApiDescriptionDocument>();
}
