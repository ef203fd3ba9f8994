using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>GitHub includes the ids of owner and repository in the subjects of some repositories only.</summary>
internal sealed class SubjectFormatChangedHint : IHint
{
    public string Code => "subject_format_changed";

    public string? Find(HintFacts facts) =>
        facts.Reason == DenialReason.SubjectFormatChanged
            ? $"The platform changed its subject format: this token has '{facts.Text("sub")}'. "
                + "Match the repository's and owner's IDs, which are the same in both formats."
            : null;
}
