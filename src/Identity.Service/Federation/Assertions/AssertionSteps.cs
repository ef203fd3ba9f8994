namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>The names of the steps in a trace, in order; a step may consist of several checks.</summary>
internal static class AssertionSteps
{
    public const string Request = "request";
    public const string Parse = "parse";
    public const string IssuerLookup = "issuer_lookup";
    public const string KeyLookup = "key_lookup";
    public const string Signature = "signature";
    public const string Times = "times";
    public const string Subject = "subject";
    public const string Audience = "audience";
    public const string Replay = "replay";
    public const string Rule = "rule";
    public const string Grant = "grant";
}
