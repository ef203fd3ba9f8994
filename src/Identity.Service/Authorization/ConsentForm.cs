namespace Culvert.Identity.Service.Authorization;

/// <summary>The fields of the consent page.</summary>
internal static class ConsentForm
{
    public const string RequestField = "request";
    public const string AnswerField = "answer";
    public const string Allow = "allow";
    public const string Deny = "deny";
}
