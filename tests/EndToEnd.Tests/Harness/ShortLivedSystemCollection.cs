using Xunit;

namespace Culvert.EndToEnd.Tests.Harness;

[CollectionDefinition(Name)]
public sealed class ShortLivedSystemCollection : ICollectionFixture<ShortLivedSystem>
{
    public const string Name = "short-lived leaves";
}
