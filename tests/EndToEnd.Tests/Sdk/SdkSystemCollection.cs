using Xunit;

namespace Culvert.EndToEnd.Tests.Sdk;

[CollectionDefinition(Name)]
public sealed class SdkSystemCollection : ICollectionFixture<SdkSystem>
{
    public const string Name = "sdk system";
}
